import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** What each wrong implementation must at least be told, by the name of the test. */
const TOLD: readonly (readonly [suite: string, law: string])[] = [
  ['object store: create replaces', 'create never replaces an object, overwrite does'],
  ['object store: lists backwards', 'lists in the order of UTF-8 bytes, below a prefix, after a key'],
  ['object store: ranges are one too long', 'reads ranges [start, end), and refuses those beyond the end (58030)'],
  ['write-ahead log: truncates one too many', 'keeps everything above a truncation'],
  ['write-ahead log: forgets empty records', 'gives records back byte for byte: chunks joined, empty ones, long ones'],
  ['write-ahead log: uses numbers again', 'never uses a number twice, also when everything before was truncated'],
  ['sink: shows what is staged', 'shows nothing of what is only staged'],
  ['sink: commits again', 'answers applied for a unit that is there, and adds nothing'],
  ['versioned table: pins that move', 'shows a commit after a refresh, and not in a pin that was there before'],
  ['table provider: claims to filter', 'is right about its rows, whatever it is asked'],
  ['table provider: cuts before the caller filters', 'is right about its rows, whatever it is asked'],
  ['table provider: has its own order of columns', 'is right about its rows, whatever it is asked'],
  [
    'ingest hook: throws what no client understands',
    'keeps the columns, changes no batch but its own, and refuses only with errors for clients',
  ],
  [
    'ingest hook: changes what it was given',
    'keeps the columns, changes no batch but its own, and refuses only with errors for clients',
  ],
  ['ingest hook: counts its calls', 'does the same to the same rows'],
  ['SQL front end: throws its own errors', 'refuses SELEC 1 as a syntax error, with a position inside the text'],
  ['SQL front end: throws its own errors', 'counts the parameters of SELECT $1, $3'],
];

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const directory = mkdtempSync(join(tmpdir(), 'millrace-conformance-'));
let failed: readonly string[] = [];

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly ancestorTitles: string[]; title: string }[];
  }[];
}

beforeAll(() => {
  const file = join(directory, 'report.json');
  const config = join(here, 'wrong-implementations.config.ts');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const run = spawnSync(
    process.execPath,
    [vitest, 'run', '--config', config, '--reporter=json', `--outputFile=${file}`],
    {
      cwd: root,
      encoding: 'utf8',
      timeout: 50_000,
    },
  );
  expect(run.status, run.stderr).toBe(1);
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  failed = report.testResults.flatMap(({ assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'failed')
      .map(({ ancestorTitles, title }) => `${ancestorTitles.join(' > ')} > ${title}`),
  );
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it.each(TOLD)('%s is told: %s', (suite, law) => {
  expect(failed).toContain(`${suite} > ${law}`);
});
