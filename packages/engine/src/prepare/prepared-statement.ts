import {
  type DataType,
  failure,
  type PreparedStatement,
  type ResultColumn,
  sameType,
  typeFromOid,
  types,
} from '@millrace/core';
import type { AstStatement, ParsedStatement } from '@millrace/planner';
import type { Session } from '../session/session.ts';
import { describeUtility } from '../statements/describe-utility.ts';
import { requireClientSource } from './copied-query.ts';
import { isValid } from './plan-cache.ts';
import { planKeyOf } from './plan-key.ts';
import { planStatement } from './plan-statement.ts';
import type { PreparedPlan } from './prepared-plan.ts';

/** A prepared statement as the engine keeps it: the tree, and for queries and INSERT the plan (renewed when DDL made it invalid). */
export interface EnginePrepared extends PreparedStatement {
  /** null for empty text. */
  readonly parsed: ParsedStatement | null;
  readonly declaredTypes: readonly (DataType | null)[];
  plan: PreparedPlan | null;
  /** What the plan was made under: rule set, search_path. */
  planKey: string;
}

/** Parse: plans queries and INSERT, describes the rest. */
export function prepareStatement(
  session: Session,
  parsed: ParsedStatement | null,
  parameterOids: readonly number[],
  options: { readonly name?: string },
): EnginePrepared {
  const name = options.name ?? '';
  if (parsed === null) return emptyPrepared(name);
  requireUsableTransaction(session, parsed.statement);
  const declaredTypes = parameterOids.map((oid) => declaredType(oid));
  const { statement } = parsed;
  const endsTransaction = isTransactionEnd(statement);
  const base = { name, sql: parsed.sql, isEmpty: false, endsTransaction, parsed, declaredTypes };
  if (statement.kind === 'query' || statement.kind === 'insert') {
    const plan = planStatement(session, parsed, declaredTypes);
    return {
      ...base,
      parameterTypes: plan.parameterTypes,
      columns: plan.columns,
      isQuery: plan.columns !== null,
      plan,
      planKey: planKeyOf(session),
    };
  }
  if (statement.kind === 'copy-to' || statement.kind === 'copy-from') {
    if (statement.kind === 'copy-from') requireClientSource(statement);
    // As in PostgreSQL: no parameters, and no rows to describe.
    if (parsed.parameterCount > 0) throw failure('undefinedParameter', { parameter: '$1' });
    const plan = planStatement(session, parsed, []);
    return { ...base, parameterTypes: [], columns: null, isQuery: false, plan, planKey: planKeyOf(session) };
  }
  const columns: readonly ResultColumn[] | null = describeUtility(session, statement);
  return { ...base, parameterTypes: [], columns, isQuery: false, plan: null, planKey: '' };
}

/** The statement's plan, made anew if DDL, search_path or the rule set changed; 0A000 if that changed the result's shape. */
export function currentPlan(session: Session, prepared: EnginePrepared): PreparedPlan {
  const { parsed, plan } = prepared;
  if (parsed === null || plan === null) throw failure('internal', { message: 'only queries have plans' });
  const key = planKeyOf(session);
  if (prepared.planKey === key && isValid(plan, session.catalogView())) return plan;
  // The client knows the types that were found at first, and sends its parameters by them.
  const renewed = planStatement(session, parsed, prepared.parameterTypes);
  if (!sameShape(renewed.columns, plan.columns)) throw failure('cachedPlanChanged');
  prepared.plan = renewed;
  prepared.planKey = key;
  return renewed;
}

/** 25P02 in a failed block for everything but its end. */
export function requireUsableTransaction(session: Session, statement: AstStatement): void {
  if (session.transactions.state !== 'failed') return;
  if (!isTransactionEnd(statement)) throw failure('failedTransaction');
}

function isTransactionEnd(statement: AstStatement): boolean {
  return statement.kind === 'transaction' && (statement.action === 'commit' || statement.action === 'rollback');
}

function emptyPrepared(name: string): EnginePrepared {
  return {
    name,
    sql: '',
    isEmpty: true,
    endsTransaction: false,
    parsed: null,
    declaredTypes: [],
    parameterTypes: [],
    columns: null,
    isQuery: false,
    plan: null,
    planKey: '',
  };
}

function declaredType(oid: number): DataType | null {
  if (oid === 0 || oid === 705) return null;
  const type = typeFromOid(oid);
  if (type === undefined) throw failure('undefinedObject', { message: `type with OID ${oid} does not exist` });
  return type.kind === 'unknown' ? types.text : type;
}

/** Whether two results have the same columns: names and types, as a client was told them. */
export function sameShape(a: readonly ResultColumn[] | null, b: readonly ResultColumn[] | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.length === b.length &&
    a.every((column, i) => {
      const other = b[i];
      return other !== undefined && column.name === other.name && sameType(column.type, other.type);
    })
  );
}
