// `npm run differential`: the tests of generated SQL with an installed PostgreSQL as the oracle, ten times as long. FUZZ_RUNS and FUZZ_SEED as ever.
import { spawnSync } from 'node:child_process';
import { installedPostgres } from '../support/postgres-cluster.ts';

if (process.env['POSTGRES_URL'] === undefined && installedPostgres() === null) {
  console.log('SKIPPED: no PostgreSQL is installed (Debian: apt install postgresql), and POSTGRES_URL names none');
} else {
  const { status } = spawnSync('npx', ['vitest', 'run', 'tests/differential'], {
    stdio: 'inherit',
    env: { ...process.env, ORACLE: 'postgres', FUZZ_RUNS: process.env['FUZZ_RUNS'] ?? '10' },
  });
  process.exitCode = status ?? 1;
}
