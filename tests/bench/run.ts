// Rates: `npm run bench` with rules and without, `npm run bench -- ingest` beside PostgreSQL.
import { benchCommitLevels } from './commit-levels.ts';
import { benchIngest } from './ingest/bench-ingest.ts';
import { benchRules } from './rules.ts';

const [what, ...flags] = process.argv.slice(2);
if (what === undefined) await benchRules();
else if (what === 'ingest') await benchIngest(flags);
else if (what === 'levels') await benchCommitLevels();
else {
  console.error('usage: npm run bench            rates with and without rules');
  console.error('       npm run bench -- ingest  writing, beside PostgreSQL; --help lists its flags');
  console.error('       npm run bench -- levels  one row per statement at each commit level');
  process.exitCode = 1;
}
