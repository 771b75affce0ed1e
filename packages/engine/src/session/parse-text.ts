import { failure, LIMITS } from '@millrace/core';
import type { ParsedStatement, SqlFrontend } from '@millrace/planner';

/** The statements of a text within its size limit; 54000 above it, 42601 for a syntax error. */
export function parseText(frontend: SqlFrontend, sql: string): readonly ParsedStatement[] {
  if (sql.length > LIMITS.sqlBytesMax) {
    throw failure('programLimit', { message: `statement text is longer than ${LIMITS.sqlBytesMax} characters` });
  }
  return frontend.parse(sql);
}
