import type { CastContext } from '../expr/expr.ts';
import { type DataType, sameType, type TypeKind } from '../types/data-type.ts';

/** The least context that a cast needs: pg_cast.castcontext. */
type Needs = CastContext;
const RANK: Readonly<Record<CastContext, number>> = { implicit: 0, assignment: 1, explicit: 2 };

const REGS: readonly TypeKind[] = ['regclass', 'regtype', 'regproc', 'regnamespace'];

function entries(from: TypeKind, needs: Needs, targets: string): [string, Needs][] {
  return targets.split(' ').map((to) => [`${from}>${to}`, needs]);
}

/** PostgreSQL 15's pg_cast for the types that millrace has. */
const PG_CAST: ReadonlyMap<string, Needs> = new Map<string, Needs>([
  ...entries('int2', 'implicit', 'int4 int8 float4 float8 numeric oid regclass regtype regproc regnamespace'),
  ...entries('int4', 'implicit', 'int8 float4 float8 numeric oid regclass regtype regproc regnamespace'),
  ...entries('int4', 'assignment', 'int2'),
  ...entries('int4', 'explicit', 'bool char'),
  ...entries('int8', 'implicit', 'float4 float8 numeric oid regclass regtype regproc regnamespace'),
  ...entries('int8', 'assignment', 'int2 int4'),
  ...entries('float4', 'implicit', 'float8'),
  ...entries('float4', 'assignment', 'int2 int4 int8 numeric'),
  ...entries('float8', 'assignment', 'int2 int4 int8 float4 numeric'),
  ...entries('numeric', 'implicit', 'float4 float8'),
  ...entries('numeric', 'assignment', 'int2 int4 int8'),
  ...entries('bool', 'explicit', 'int4'),
  ...entries('bool', 'assignment', 'text varchar bpchar'),
  ...entries('oid', 'implicit', 'regclass regtype regproc regnamespace'),
  ...entries('oid', 'assignment', 'int4 int8'),
  ...REGS.flatMap((reg) => [...entries(reg, 'implicit', 'oid'), ...entries(reg, 'assignment', 'int4 int8')]),
  ...entries('text', 'implicit', 'varchar bpchar name regclass'),
  ...entries('text', 'assignment', 'char'),
  ...entries('varchar', 'implicit', 'text bpchar name regclass'),
  ...entries('varchar', 'assignment', 'char'),
  ...entries('bpchar', 'implicit', 'text varchar name'),
  ...entries('bpchar', 'assignment', 'char'),
  ...entries('name', 'implicit', 'text'),
  ...entries('name', 'assignment', 'varchar bpchar'),
  ...entries('char', 'implicit', 'text'),
  ...entries('char', 'assignment', 'varchar bpchar'),
  ...entries('char', 'explicit', 'int4'),
  ...entries('date', 'implicit', 'timestamp timestamptz'),
  ...entries('timestamp', 'implicit', 'timestamptz'),
  ...entries('timestamp', 'assignment', 'date'),
  ...entries('timestamptz', 'assignment', 'date timestamp'),
  ...entries('json', 'assignment', 'jsonb'),
  ...entries('jsonb', 'assignment', 'json'),
  ...entries('jsonb', 'explicit', 'bool int2 int4 int8 float4 float8 numeric'),
]);

const STRINGS: ReadonlySet<TypeKind> = new Set<TypeKind>(['text', 'varchar', 'bpchar', 'name']);

/** The least context in which `from` casts to `to`; undefined if it never does. */
export function castNeeds(from: DataType, to: DataType): CastContext | undefined {
  if (from.kind === 'unknown' || (from.kind === to.kind && from.kind !== 'array')) return 'implicit';
  if (from.kind === 'void' || to.kind === 'void') return undefined;
  if (from.kind === 'array' && to.kind === 'array') return castNeeds(from.item, to.item);
  const direct = PG_CAST.get(`${from.kind}>${to.kind}`);
  if (direct !== undefined) return direct;
  // Conversion through text: any type is assigned to a string type, and read from one when asked explicitly.
  if (STRINGS.has(to.kind)) return 'assignment';
  return STRINGS.has(from.kind) || to.kind === 'unknown' ? 'explicit' : undefined;
}

/** Whether PostgreSQL casts `from` to `to` in this context. Arrays cast element by element. */
export function canCast(from: DataType, to: DataType, context: CastContext): boolean {
  const needs = castNeeds(from, to);
  return needs !== undefined && RANK[needs] <= RANK[context];
}

const INTEGER_DIGITS: Readonly<Partial<Record<TypeKind, number>>> = { int2: 5, int4: 10, int8: 19 };
const WIDENING: ReadonlySet<string> = new Set(
  ['int2>int4 int8 float4 float8', 'int4>int8 float4 float8', 'int8>float4 float8', 'float4>float8'].flatMap((row) => {
    const [from, targets] = row.split('>') as [string, string];
    return targets.split(' ').map((to) => `${from}>${to}`);
  }),
);

/** Casts to numeric: integers and decimals into enough digits. */
function fitsNumeric(from: DataType, to: DataType & { kind: 'numeric' }): boolean {
  const digits = INTEGER_DIGITS[from.kind];
  if (to.precision === null)
    return digits !== undefined || from.kind === 'numeric' || from.kind === 'float4' || from.kind === 'float8';
  const room = to.precision - (to.scale ?? 0);
  if (digits !== undefined) return room >= digits;
  if (from.kind !== 'numeric' || from.precision === null) return false;
  return (to.scale ?? 0) >= (from.scale ?? 0) && room >= from.precision - (from.scale ?? 0);
}

/** Whether a cast can never raise an error, whatever the value: rules may move it. */
export function isInfallibleCast(from: DataType, to: DataType): boolean {
  if (sameType(from, to)) return true;
  if (castNeeds(from, to) === undefined) return false;
  if (from.kind === 'array' && to.kind === 'array') return isInfallibleCast(from.item, to.item);
  switch (to.kind) {
    case 'text':
    case 'name':
      return true;
    case 'varchar':
    case 'bpchar':
      if (to.length === null) return true;
      return to.kind === 'varchar' && from.kind === 'varchar' && from.length !== null && from.length <= to.length;
    case 'numeric':
      return fitsNumeric(from, to);
    case 'json':
      return from.kind === 'jsonb';
    case 'date':
      return from.kind === 'timestamp';
    case 'oid':
      return from.kind === 'int4' || from.kind === 'int2' || REGS.includes(from.kind);
    case 'int8':
      if (from.kind === 'oid' || REGS.includes(from.kind)) return true;
      break;
    case 'bool':
      return from.kind === 'int4';
    case 'int4':
      if (from.kind === 'bool' || from.kind === 'oid' || from.kind === 'char' || REGS.includes(from.kind)) return true;
      break;
    case 'float8':
      if (from.kind === 'numeric' && from.precision !== null) return true;
      break;
    default:
      if (REGS.includes(to.kind)) return from.kind === 'oid' || from.kind === 'int4' || from.kind === 'int2';
  }
  return WIDENING.has(`${from.kind}>${to.kind}`);
}
