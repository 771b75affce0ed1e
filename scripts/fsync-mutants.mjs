// Deletes each fsync from the source, one at a time (in memory, while the tests load it), and demands that a test fails: `npm run fsync-mutants [part of a path]`.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { syncSites } from './sync-sites.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const SUITES = ['packages/buffer', 'packages/delta/src/store', 'packages/server', 'tests/crash/power-loss.test.ts'];
const [filter = ''] = process.argv.slice(2);

function runTests(mutant) {
  const result = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--bail', '1', '--reporter', 'json', ...SUITES],
    {
      cwd: ROOT,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, ...(mutant === null ? {} : { MILLRACE_SYNC_MUTANT: `${mutant.file}#${mutant.index}` }) },
    },
  );
  const report = JSON.parse(result.stdout.slice(result.stdout.indexOf('{"num')));
  const failed = report.testResults.flatMap((file) => file.assertionResults.filter((test) => test.status === 'failed'));
  return {
    isGreen: result.status === 0,
    tests: report.numTotalTests,
    first: failed[0]?.fullName ?? 'an error outside the tests',
  };
}

const baseline = runTests(null);
if (!baseline.isGreen || baseline.tests === 0) {
  console.error(`the tests fail without any mutant: ${baseline.first}`);
  process.exit(1);
}
let survivors = 0;
for (const mutant of syncSites().filter(({ site }) => site.includes(filter))) {
  const run = runTests(mutant);
  if (run.isGreen) survivors++;
  console.log(run.isGreen ? `SURVIVED ${mutant.site}` : `killed   ${mutant.site}  by: ${run.first}`);
}
console.log(`fsync mutants: ${survivors} survived`);
process.exit(survivors === 0 ? 0 : 1);
