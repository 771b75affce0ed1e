import { defineScalarFunction, type Expr, type FunctionDefinition, failure, types } from '@millrace/core';
import type { Plugin } from '@millrace/engine';
import {
  type AnalyzerRule,
  columnExpr,
  columnsOf,
  defineAnalyzerRule,
  type LogicalPlan,
  mapTableScans,
  type PlanOf,
  type RuleContext,
  rewriteUp,
} from '@millrace/planner';

/** The column that says whose row it is. */
const TENANT = 'tenant';

/** Hands a tenant's name on if it is the session's own; 42501 otherwise. Every row that is written passes it. */
const ownTenant: FunctionDefinition = defineScalarFunction({
  name: 'own_tenant',
  args: ['text'],
  returns: types.text,
  volatility: 'stable',
  strict: false,
  row([tenant], { session }) {
    if (tenant === session.user) return tenant;
    throw failure('insufficientPrivilege', { message: `user "${session.user}" may not write rows of another tenant` });
  },
});

/**
 * Each user is a tenant: it reads its own rows and writes only such. A pass over the plan, before any rule: whatever the statement was (a query, a
 * subquery, a CTE, COPY, EXECUTE), tables are reached by Scan nodes and rows arrive by Insert nodes, so there is no other way in.
 *
 *   Scan events [tenant, message]   =>   Filter tenant = current_user()
 *                                          Scan events [tenant, message]
 *
 *   Insert into events              =>   Insert into events
 *     <rows>                               Project own_tenant(tenant), message
 *                                            <rows>
 *
 * The user is not written into the plan: `current_user()` is asked when it runs, so tenants share prepared plans.
 * Not here: who may create and drop tables. A table without the column can be neither read nor written.
 */
export const tenantPolicy: AnalyzerRule = defineAnalyzerRule({
  name: 'tenant-policy',
  summary: 'A user reads and writes rows of its own tenant only.',
  examples: [],
  analyze: (plan, context) =>
    rewriteUp(
      mapTableScans(plan, (scan) => ownRows(scan, context)),
      (node) => (node.kind === 'insert' ? checked(node, context) : node),
    ),
});

function ownRows(scan: PlanOf<'scan'>, context: RuleContext): LogicalPlan {
  if (scan.table.tableId.startsWith('virtual:')) return scan;
  const tenant = scan.columns.find(({ field }) => field === TENANT);
  if (tenant === undefined) throw refused(scan.table.name);
  const predicate: Expr = {
    kind: 'compare',
    op: '=',
    left: columnExpr(tenant),
    right: call(context, 'current_user()', []),
  };
  return { kind: 'filter', input: scan, predicates: [predicate] };
}

function checked(insert: PlanOf<'insert'>, context: RuleContext): LogicalPlan {
  const target = insert.fields.find(({ field }) => field === TENANT);
  const source = columnsOf(insert.input).find(({ id }) => id === target?.source);
  if (target === undefined || source?.type.kind !== 'text') throw refused(insert.table.name);
  const column = context.newColumn(source);
  const passed = columnsOf(insert.input).map((one) => ({ column: one, expr: columnExpr(one) }));
  const assignments = [...passed, { column, expr: call(context, 'own_tenant(text)', [columnExpr(source)]) }];
  const fields = insert.fields.map((field) => (field === target ? { ...field, source: column.id } : field));
  return { ...insert, fields, input: { kind: 'project', input: insert.input, assignments } };
}

function refused(table: string): Error {
  const message = `permission denied for table ${table}`;
  return failure('insufficientPrivilege', { message }, { hint: `Tables have a text column "${TENANT}" here.` });
}

function call({ functions }: RuleContext, id: string, args: readonly Expr[]): Expr {
  const signature = functions.byId(id);
  if (signature === undefined) throw failure('internal', { message: `there is no function ${id}` });
  const { volatility, mayFail, strict } = signature;
  return {
    kind: 'call',
    fn: { id, volatility, mayFail, strict },
    args,
    type: signature.name === 'own_tenant' ? types.text : types.name,
  };
}

/** Everything the policy needs: `createEngine(...).use(tenants)`. */
export const tenants: Plugin = { name: 'tenants', policies: [tenantPolicy], functions: [ownTenant] };
