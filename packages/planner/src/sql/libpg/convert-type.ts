import type { Node, TypeName } from 'libpg-query';
import type { AstTypeName } from '../ast.ts';
import { at, type Conversion, expectFields, stringsOf, unsupportedAt } from './conversion.ts';

const FIELDS: ReadonlySet<string> = new Set([
  'names',
  'typmods',
  'typemod',
  'arrayBounds',
  'location',
  'setof',
  'pct_type',
]);
/** INTERVAL_FULL_RANGE of PostgreSQL's datetime.h: no field restriction. */
const INTERVAL_FULL_RANGE = 0x7fff;
/** 1 << the field's number in datetime.h. */
const INTERVAL_UNITS: ReadonlyMap<number, string> = new Map([
  [1 << 1, 'month'],
  [1 << 2, 'year'],
  [1 << 3, 'day'],
  [1 << 10, 'hour'],
  [1 << 11, 'minute'],
  [1 << 12, 'second'],
]);

/** A type as written, with its modifiers; `pg_catalog` is dropped, and `interval(p)` keeps only p. Fields of intervals (`interval day to second`) are refused. */
export function convertTypeName(c: Conversion, type: TypeName): AstTypeName {
  const plain = withoutIntervalFields(c, type);
  if (plain.unit !== null) throw unsupportedAt(c, 'an interval type with fields', type.location);
  return plain.type;
}

/**
 * The type, and for `interval '3' day` the unit that the text is counted in. Several fields (`day to second`) are refused.
 */
export function withoutIntervalFields(c: Conversion, type: TypeName): { type: AstTypeName; unit: string | null } {
  expectFields('TypeName', type, FIELDS);
  if (type.setof) throw unsupportedAt(c, 'SETOF', type.location);
  if (type.pct_type) throw unsupportedAt(c, '%TYPE', type.location);
  const names = stringsOf(type.names);
  const name = names[names.length - 1] ?? '';
  const schema = names.length < 2 ? null : names.slice(0, -1).join('.');
  const modifiers = (type.typmods ?? []).map((node) => modifierOf(c, node, type));
  const isSystem = schema === 'pg_catalog';
  const result = (kept: readonly number[]): AstTypeName => ({
    name,
    schema: isSystem ? null : schema,
    modifiers: kept,
    arrayDimensions: type.arrayBounds?.length ?? 0,
    at: at(c, type.location),
  });
  if (!isSystem || name !== 'interval' || modifiers.length === 0) return { type: result(modifiers), unit: null };
  const [mask, ...precision] = modifiers;
  if (mask === INTERVAL_FULL_RANGE) return { type: result(precision), unit: null };
  const unit = INTERVAL_UNITS.get(mask!);
  if (unit === undefined) throw unsupportedAt(c, 'an interval type with several fields', type.location);
  return { type: result(precision), unit };
}

function modifierOf(c: Conversion, node: Node, type: TypeName): number {
  if ('A_Const' in node && node.A_Const.ival !== undefined) return node.A_Const.ival.ival ?? 0;
  throw unsupportedAt(c, 'a type modifier that is not an integer', type.location);
}
