import { arrayOf, type DataType, failure, types } from '@millrace/core';
import type { AstTypeName } from '../sql/ast.ts';
import { positionOf } from './position.ts';

const SIMPLE: ReadonlyMap<string, DataType> = new Map<string, DataType>(
  Object.entries(types).filter(([name]) => name !== 'unknown' && name !== 'numeric' && name !== 'varchar'),
);

/** Types PostgreSQL 15 has and millrace does not: refused by name, so that a typo still says 42704. */
const UNSUPPORTED: ReadonlySet<string> = new Set(
  (
    'time timetz bit varbit money inet cidr macaddr macaddr8 point line lseg box path polygon circle tsvector tsquery xml jsonpath ' +
    'int4range int8range numrange tsrange tstzrange daterange int4multirange int8multirange nummultirange tsmultirange tstzmultirange ' +
    'datemultirange pg_lsn pg_snapshot txid_snapshot xid xid8 cid tid refcursor regprocedure regoper regoperator regconfig regdictionary ' +
    'regrole regcollation record cstring any anyelement anyarray trigger internal pg_node_tree aclitem oidvector int2vector ' +
    'serial serial2 serial4 serial8 bigserial smallserial'
  ).split(' '),
);

/**
 * The type a type name means. `int[][]` is `int[]`, as PostgreSQL declares it. Throws 42704 for an unknown name, 0A000 for a type
 * millrace does not have, 22023 for a bad modifier, 42601 for modifiers on a type without.
 */
export function typeFromAst(name: AstTypeName): DataType {
  const item = itemType(name);
  return name.arrayDimensions > 0 ? arrayOf(item) : item;
}

function itemType(name: AstTypeName): DataType {
  const { modifiers } = name;
  const position = positionOf(name.at);
  if (name.schema !== null && name.schema !== 'pg_catalog') {
    throw failure('undefinedObject', { message: `type "${name.schema}.${name.name}" does not exist` }, { position });
  }
  switch (name.name) {
    case 'numeric':
      return numericType(modifiers, position);
    case 'varchar':
      return { kind: 'varchar', length: lengthModifier('varchar', modifiers, position) };
    case 'bpchar':
      return { kind: 'bpchar', length: lengthModifier('char', modifiers, position) };
    case 'timestamp':
    case 'timestamptz':
      return timestampType(name.name, modifiers, position);
    case 'interval':
      if (modifiers.length > 0)
        throw failure('notSupported', { feature: 'interval with fields or precision' }, { position });
      return types.interval;
  }
  const simple = SIMPLE.get(name.name);
  if (simple === undefined) {
    if (UNSUPPORTED.has(name.name)) throw failure('notSupported', { feature: `type ${name.name}` }, { position });
    throw failure('undefinedObject', { message: `type "${name.name}" does not exist` }, { position });
  }
  if (modifiers.length > 0) {
    throw failure('syntaxError', { message: `type modifier is not allowed for type "${name.name}"` }, { position });
  }
  return simple;
}

function invalid(message: string, position: number | undefined): Error {
  return failure('invalidParameterValue', { message }, { position });
}

function numericType(modifiers: readonly number[], position: number | undefined): DataType {
  if (modifiers.length === 0) return types.numeric;
  if (modifiers.length > 2) throw invalid('invalid NUMERIC type modifier', position);
  const [precision = 0, scale = 0] = modifiers;
  if (precision < 1 || precision > 1000) {
    throw invalid(`NUMERIC precision ${precision} must be between 1 and 1000`, position);
  }
  if (scale < -1000 || scale > 1000) throw invalid(`NUMERIC scale ${scale} must be between -1000 and 1000`, position);
  if (precision > 38) throw failure('notSupported', { feature: 'numeric with a precision above 38' }, { position });
  if (scale < 0 || scale > precision) {
    throw failure(
      'notSupported',
      { feature: `numeric(${precision},${scale}): a scale outside 0 to precision` },
      { position },
    );
  }
  return { kind: 'numeric', precision, scale };
}

function lengthModifier(word: string, modifiers: readonly number[], position: number | undefined): number | null {
  const [length] = modifiers;
  if (length === undefined) return null;
  if (modifiers.length > 1) throw invalid('invalid type modifier', position);
  if (length < 1) throw invalid(`length for type ${word} must be at least 1`, position);
  if (length > 10_485_760) throw invalid(`length for type ${word} cannot exceed 10485760`, position);
  return length;
}

function timestampType(
  kind: 'timestamp' | 'timestamptz',
  modifiers: readonly number[],
  position: number | undefined,
): DataType {
  const [precision] = modifiers;
  if (precision !== undefined && precision < 6) {
    throw failure('notSupported', { feature: `${kind}(${precision}): a precision below microseconds` }, { position });
  }
  return types[kind];
}
