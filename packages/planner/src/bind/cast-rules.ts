import type { CastContext, DataType, TypeKind } from '@millrace/core';
import { categoryOf, sameBaseType } from './type-facts.ts';

type Casts = Readonly<Partial<Record<TypeKind, Readonly<Partial<Record<CastContext, readonly TypeKind[]>>>>>>;

const REGISTERED: readonly TypeKind[] = ['regclass', 'regnamespace', 'regproc', 'regtype'];

/** PostgreSQL 15's `pg_cast` for our types: the least context in which each cast applies. */
const CASTS: Casts = {
  bool: { assignment: ['bpchar', 'text', 'varchar'], explicit: ['int4'] },
  bpchar: { implicit: ['name', 'text', 'varchar'], assignment: ['char'] },
  char: { implicit: ['text'], assignment: ['bpchar', 'varchar'], explicit: ['int4'] },
  date: { implicit: ['timestamp', 'timestamptz'] },
  float4: { implicit: ['float8'], assignment: ['int2', 'int4', 'int8', 'numeric'] },
  float8: { assignment: ['float4', 'int2', 'int4', 'int8', 'numeric'] },
  int2: { implicit: ['float4', 'float8', 'int4', 'int8', 'numeric', 'oid', ...REGISTERED] },
  int4: {
    implicit: ['float4', 'float8', 'int8', 'numeric', 'oid', ...REGISTERED],
    assignment: ['int2'],
    explicit: ['bool', 'char'],
  },
  int8: { implicit: ['float4', 'float8', 'numeric', 'oid', ...REGISTERED], assignment: ['int2', 'int4'] },
  json: { assignment: ['jsonb'] },
  jsonb: { assignment: ['json'], explicit: ['bool', 'float4', 'float8', 'int2', 'int4', 'int8', 'numeric'] },
  name: { implicit: ['text'], assignment: ['bpchar', 'varchar'] },
  numeric: { implicit: ['float4', 'float8'], assignment: ['int2', 'int4', 'int8'] },
  oid: { implicit: REGISTERED, assignment: ['int4', 'int8'] },
  regclass: { implicit: ['oid'], assignment: ['int4', 'int8'] },
  regnamespace: { implicit: ['oid'], assignment: ['int4', 'int8'] },
  regproc: { implicit: ['oid'], assignment: ['int4', 'int8'] },
  regtype: { implicit: ['oid'], assignment: ['int4', 'int8'] },
  text: { implicit: ['bpchar', 'name', 'regclass', 'varchar'], assignment: ['char'] },
  timestamp: { implicit: ['timestamptz'], assignment: ['date'] },
  timestamptz: { assignment: ['date', 'timestamp'] },
  varchar: { implicit: ['bpchar', 'name', 'regclass', 'text'], assignment: ['char'] },
};

const RANK: Readonly<Record<CastContext, number>> = { implicit: 0, assignment: 1, explicit: 2 };
const CONTEXTS: readonly CastContext[] = ['implicit', 'assignment', 'explicit'];

/**
 * Whether PostgreSQL 15 casts `from` to `to` in this context: `pg_cast`, arrays item by item, and the conversions through text
 * (to a string type by assignment, from one only explicitly). `unknown` goes anywhere.
 */
export function canCoerce(from: DataType, to: DataType, context: CastContext): boolean {
  if (sameBaseType(from, to) || from.kind === 'unknown') return true;
  if (from.kind === 'void' || to.kind === 'void' || to.kind === 'unknown') return false;
  if (from.kind === 'array' && to.kind === 'array') return canCoerce(from.item, to.item, context);
  for (const needed of CONTEXTS) {
    if (RANK[needed] <= RANK[context] && CASTS[from.kind]?.[needed]?.includes(to.kind)) return true;
  }
  if (categoryOf(to) === 'S') return context !== 'implicit';
  return categoryOf(from) === 'S' && context === 'explicit';
}
