import { libpgFrontend } from '@millrace/planner';
import { sqlFrontendSuite } from '@millrace/testkit/vitest';

sqlFrontendSuite('libpg', () => libpgFrontend(), {
  trusted: libpgFrontend(),
  statements: [
    'EXPLAIN SELECT * FROM a',
    'SELECT row_number() OVER (PARTITION BY k ORDER BY x) FROM a',
    "SET TimeZone = 'UTC'",
    'MERGE INTO a USING b ON a.k = b.k WHEN MATCHED THEN DELETE',
    'SELECT k FROM a FOR UPDATE',
  ],
});
