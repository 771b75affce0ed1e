// Rates: `npm run bench` with rules and without, `npm run bench -- ingest` beside PostgreSQL.
import { benchIngest } from './ingest/bench-ingest.ts';
import { benchRules } from './rules.ts';

const [what, ...flags] = process.argv.slice(2);
if (what === undefined) await benchRules();
else if (what === 'ingest') await benchIngest(flags);
else {
  console.error('usage: npm run bench            rates with and without rules');
  console.error('       npm run bench -- ingest  writing, beside PostgreSQL; --help lists its flags');
  process.exitCode = 1;
}
