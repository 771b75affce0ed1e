import { valueFromText } from '../codec/value-from-text.ts';
import { valueToText } from '../codec/value-to-text.ts';
import { failure } from '../errors/table.ts';
import type { CastContext } from '../expr/expr.ts';
import type { EvaluationContext } from '../ports/evaluation-context.ts';
import { formatArrayText, parseArrayText } from '../types/array-text.ts';
import { checkedTimestamp } from '../types/checked-timestamp.ts';
import { isInfiniteTimestamp } from '../types/civil.ts';
import { type DataType, formatType, isTextLike, sameType } from '../types/data-type.ts';
import { dateOfTimestamp, timestampOfDate } from '../types/datetime-parse.ts';
import { canonicalJsonb, parseJson } from '../types/json.ts';
import { fitText } from '../types/text-length.ts';
import { localToUtc, timeZoneOf, utcToLocal } from '../types/time-zone.ts';
import type { Value } from '../types/value.ts';
import { trimBlanks } from '../vector/compare.ts';
import { castNumber, oidValue } from './cast-number.ts';
import { isReg, regFromText, regToText } from './cast-reg.ts';

const NUMBERS: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'float4', 'float8', 'numeric']);

/**
 * One value from one type to another as PostgreSQL casts it; NULL stays NULL. The caller has asked `canCast`: a pair without a cast is
 * 42846. `context` decides whether text too long for varchar(n) is cut (explicit) or refused (22001).
 */
export function castValue(
  value: Value,
  from: DataType,
  to: DataType,
  context: CastContext,
  evaluation: EvaluationContext,
): Value {
  if (value === null || sameType(from, to)) return value;
  if (from.kind === 'array' && to.kind === 'array') {
    const items = value as readonly Value[];
    return items.map((item) => castValue(item, from.item, to.item, context, evaluation));
  }
  if (isTextLike(from) || from.kind === 'unknown') return fromText(value as string, from, to, context, evaluation);
  if (isTextLike(to) || to.kind === 'unknown') return fitText(to, textOf(value, from, to, evaluation), context);
  if (NUMBERS.has(from.kind) && NUMBERS.has(to.kind)) return castNumber(value, from, to);
  return castOther(value, from, to, evaluation);
}

/** Text of a value as a cast gives it: bool is spelled out, reg* are names, everything else as on output. */
function textOf(value: Value, from: DataType, to: DataType, evaluation: EvaluationContext): string {
  if (from.kind === 'bool' && to.kind !== 'name') return value === true ? 'true' : 'false';
  if (isReg(from.kind)) return regToText(from.kind, value as number, evaluation);
  if (from.kind === 'array' && isReg(from.item.kind)) {
    const { kind } = from.item;
    return formatArrayText(
      (value as readonly Value[]).map((item) => (item === null ? null : regToText(kind, item as number, evaluation))),
    );
  }
  return valueToText(from, value, evaluation.format);
}

function fromText(
  text: string,
  from: DataType,
  to: DataType,
  context: CastContext,
  evaluation: EvaluationContext,
): Value {
  const source = from.kind === 'bpchar' && to.kind !== 'bpchar' && isTextLike(to) ? trimBlanks(text) : text;
  if (isTextLike(to)) return fitText(to, source, context);
  if (from.kind === 'char' && to.kind === 'int4') return charCode(source);
  if (isReg(to.kind)) return regFromText(to.kind, source, evaluation);
  if (to.kind === 'array') {
    return parseArrayText(source).map((item) =>
      item === null ? null : fromText(item, { kind: 'unknown' }, to.item, context, evaluation),
    );
  }
  return valueFromText(to, source, evaluation.format, evaluation.transactionMicros);
}

/** `"char"` to int4: the signed byte. */
function charCode(text: string): number {
  const code = text === '' ? 0 : text.length === 4 ? Number.parseInt(text.slice(1), 8) : text.charCodeAt(0);
  return code > 127 ? code - 256 : code;
}

function castOther(value: Value, from: DataType, to: DataType, evaluation: EvaluationContext): Value {
  switch (to.kind) {
    case 'bool':
      if (from.kind === 'int4') return value !== 0;
      break;
    case 'date':
      if (from.kind === 'timestamp') return dateOfTimestamp(value as bigint);
      if (from.kind === 'timestamptz') return dateOfTimestamp(toLocal(value as bigint, evaluation));
      break;
    case 'timestamp':
      if (from.kind === 'date') return timestampOfDate(value as number);
      if (from.kind === 'timestamptz') return toLocal(value as bigint, evaluation);
      break;
    case 'timestamptz':
      if (from.kind === 'date') return toUtc(timestampOfDate(value as number), evaluation);
      if (from.kind === 'timestamp') return toUtc(value as bigint, evaluation);
      break;
    case 'json':
      if (from.kind === 'jsonb') return value;
      break;
    case 'jsonb':
      if (from.kind === 'json') return canonicalJsonb(value as string);
      break;
    case 'oid':
      if (isReg(from.kind)) return value;
      if (isInteger(from)) return oidValue(value, from);
      break;
    case 'int4':
      if (from.kind === 'bool') return value === true ? 1 : 0;
      if (from.kind === 'oid' || isReg(from.kind)) return (value as number) | 0;
      break;
    case 'int8':
      if (from.kind === 'oid' || isReg(from.kind)) return BigInt(value as number);
      break;
    default:
      if (isReg(to.kind) && (from.kind === 'oid' || isInteger(from))) return oidValue(value, from);
  }
  if (from.kind === 'jsonb') return fromJsonb(value as string, to);
  throw failure('cannotCoerce', { from: formatType(from), to: formatType(to) });
}

function isInteger(type: DataType): boolean {
  return type.kind === 'int2' || type.kind === 'int4' || type.kind === 'int8';
}

function toLocal(utc: bigint, evaluation: EvaluationContext): bigint {
  return isInfiniteTimestamp(utc) ? utc : checkedTimestamp(utcToLocal(timeZoneOf(evaluation.format.timeZone), utc));
}

function toUtc(local: bigint, evaluation: EvaluationContext): bigint {
  return isInfiniteTimestamp(local)
    ? local
    : checkedTimestamp(localToUtc(timeZoneOf(evaluation.format.timeZone), local));
}

/** jsonb scalars to bool and numbers (explicit only); 22023 for other content. */
function fromJsonb(text: string, to: DataType): Value {
  const node = parseJson(text);
  if (to.kind === 'bool' && typeof node === 'boolean') return node;
  if (NUMBERS.has(to.kind) && node !== null && typeof node === 'object' && node.kind === 'number') {
    return castNumber(node.text, { kind: 'numeric', precision: null, scale: null }, to);
  }
  if (to.kind !== 'bool' && !NUMBERS.has(to.kind)) throw failure('cannotCoerce', { from: 'jsonb', to: formatType(to) });
  const what =
    node === null ? 'null' : typeof node === 'object' ? (node.kind === 'number' ? 'numeric' : node.kind) : typeof node;
  throw failure('invalidParameterValue', {
    message: `cannot cast jsonb ${what} to type ${to.kind === 'numeric' ? 'numeric' : formatType(to)}`,
  });
}
