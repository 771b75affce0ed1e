import type { SQLValueFunction } from 'libpg-query';
import type { AstExpr } from '../ast.ts';
import { at, type Conversion } from './conversion.ts';

/** The types that `current_timestamp(3)` and its like are rounded in. */
const ROUNDED_TYPES: Readonly<Record<string, string>> = {
  current_time: 'timetz',
  current_timestamp: 'timestamptz',
  localtime: 'time',
  localtimestamp: 'timestamp',
};

/** current_date and the like; with a precision, a cast to that precision around it. */
export function convertSqlValue(c: Conversion, value: SQLValueFunction): AstExpr {
  const position = at(c, value.location);
  const name = String(value.op)
    .replace(/^SVFOP_/, '')
    .toLowerCase();
  const plain = name.replace(/_n$/, '');
  if (plain === name) return { kind: 'sql-value', name, at: position };
  return {
    kind: 'cast',
    operand: { kind: 'sql-value', name: plain, at: position },
    type: {
      name: ROUNDED_TYPES[plain]!,
      schema: null,
      modifiers: [value.typmod ?? 0],
      arrayDimensions: 0,
      at: position,
    },
    at: position,
  };
}
