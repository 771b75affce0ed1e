import { libpgFrontend } from '@millrace/planner';
import { portableFrontend } from '@millrace/planner/portable';
import { sqlFrontendSuite } from '@millrace/testkit/vitest';

const statements: readonly string[] = [
  'EXPLAIN SELECT * FROM a',
  'SELECT row_number() OVER (PARTITION BY k ORDER BY x) FROM a',
  "SET TimeZone = 'UTC'",
  'MERGE INTO a USING b ON a.k = b.k WHEN MATCHED THEN DELETE',
  'SELECT k FROM a FOR UPDATE',
];

sqlFrontendSuite('libpg', () => libpgFrontend(), { trusted: libpgFrontend(), statements });
sqlFrontendSuite('portable', () => portableFrontend(), { trusted: libpgFrontend(), statements });
