import { type ArgumentType, type DataType, type FunctionSignature, oidOf } from '@millrace/core';
import type { SystemRow } from '../relation-shape.ts';
import type { SystemTableContext } from '../system-table.ts';
import { INTERNAL_LANGUAGE_OID, namespaceOid, OWNER_OID } from './ids.ts';
import { TYPE_FUNCTIONS } from './pg-type.ts';

/** Functions of the registry get OIDs from here on, in order of declaration; below users' objects. */
const FIRST_FUNCTION_OID = 13_200;

const KINDS: Readonly<Record<FunctionSignature['kind'], string>> = {
  scalar: 'f',
  table: 'f',
  aggregate: 'a',
  window: 'w',
};

const PSEUDO_TYPE_OIDS: Readonly<Record<string, number>> = {
  any: 2276,
  anyelement: 2283,
  anyarray: 2277,
  anynonarray: 2776,
  anycompatible: 5077,
};

function argumentOid(type: ArgumentType): number {
  if (typeof type === 'string') {
    const pseudo = Object.hasOwn(PSEUDO_TYPE_OIDS, type) ? PSEUDO_TYPE_OIDS[type] : undefined;
    return pseudo ?? oidOf(withoutModifiers(type as DataType['kind']));
  }
  return oidOf({ kind: 'array', item: withoutModifiers(type.array) });
}

function withoutModifiers(kind: DataType['kind']): DataType {
  switch (kind) {
    case 'numeric':
      return { kind, precision: null, scale: null };
    case 'varchar':
    case 'bpchar':
      return { kind, length: null };
    case 'array':
      return { kind, item: { kind: 'text' } };
    default:
      return { kind };
  }
}

function returnOid(signature: FunctionSignature): number {
  const { returns } = signature;
  if (typeof returns === 'string') return PSEUDO_TYPE_OIDS[returns] ?? 0;
  // The result's type depends on the arguments' typmods; polymorphic as far as pg_proc can say.
  if (typeof returns === 'function') return PSEUDO_TYPE_OIDS['anyelement'] ?? 0;
  return oidOf(returns);
}

/** OID, signature of every function that has a name in SQL (operators are not in pg_proc under their symbols). */
function* namedFunctions({
  services,
}: Pick<SystemTableContext, 'services'>): Generator<readonly [number, FunctionSignature]> {
  let oid = FIRST_FUNCTION_OID;
  for (const { signature } of services.registry.functions.definitions) {
    if (/^[a-z_]/.test(signature.name)) yield [oid++, signature];
  }
}

/** pg_proc: the functions of the registry, and the type functions that pg_type refers to. */
export function* procRows(context: SystemTableContext): Generator<SystemRow> {
  const common = {
    pronamespace: namespaceOid('pg_catalog'),
    proowner: OWNER_OID,
    prolang: INTERNAL_LANGUAGE_OID,
    proparallel: 's',
  };
  for (const [name, oid] of TYPE_FUNCTIONS) {
    yield {
      ...common,
      oid,
      proname: name,
      prokind: 'f',
      proisstrict: true,
      provolatile: 'i',
      proargtypes: [],
      prosrc: name,
    };
  }
  for (const [oid, signature] of namedFunctions(context)) {
    const args = signature.args.map(argumentOid);
    yield {
      ...common,
      oid,
      proname: signature.name,
      prokind: KINDS[signature.kind],
      proretset: signature.kind === 'table',
      proisstrict: signature.strict,
      provolatile: signature.volatility.charAt(0),
      pronargs: args.length,
      pronargdefaults: signature.optionalArgs ?? 0,
      proargtypes: args,
      prorettype: returnOid(signature),
      prosrc: signature.name,
    };
  }
}
