import { DEFAULT_FORMAT } from '../codec/default-format.ts';
import { valueFromText } from '../codec/value-from-text.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';
import type { Expr } from './expr.ts';

const KINDS: ReadonlySet<DataType['kind']> = new Set(['date', 'timestamp', 'timestamptz', 'interval']);
/** Between these no time zone takes a moment out of range. */
const [FIRST_MICROS, LAST_MICROS] = [-210_000_000_000_000_000n, 2n ** 63n - 2n ** 50n];
const WRITTEN: WeakMap<Expr, Value | undefined> = new WeakMap();

/**
 * The date, time or interval that a cast of literal text gives, as read in UTC; undefined for anything else and for text that cannot be read. Which
 * moment it is may depend on the session (its zone, its clock), but not whether it is one; of an interval nothing depends on it.
 */
export function writtenOut(expr: Expr): Value | undefined {
  if (expr.kind !== 'cast' || !KINDS.has(expr.type.kind)) return undefined;
  const { operand } = expr;
  if (operand.kind !== 'literal' || typeof operand.value !== 'string') return undefined;
  if (!WRITTEN.has(expr)) WRITTEN.set(expr, read(expr.type, operand.value));
  return WRITTEN.get(expr);
}

function read(type: DataType, text: string): Value | undefined {
  try {
    const value = valueFromText(type, text, DEFAULT_FORMAT, 0n);
    const isSafe = typeof value !== 'bigint' || (value > FIRST_MICROS && value < LAST_MICROS);
    return isSafe ? value : undefined;
  } catch (error) {
    if (error instanceof MillraceError) return undefined;
    throw error;
  }
}
