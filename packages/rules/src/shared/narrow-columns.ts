import { type Column, type ColumnId, columnsRead, type Expr } from '@millrace/core';
import { columnIdsOf, columnsOf, exprsOf, inputsOf, type LogicalPlan, type PlanOf } from '@millrace/planner';

/** Column ids that somebody above reads. */
export type Required = ReadonlySet<ColumnId>;

/**
 * The same rows with fewer columns: all of `required` that the plan produces, in the old order, perhaps some more (a Filter cannot drop what
 * it reads). Identity is kept where nothing can go.
 */
export function narrow(plan: LogicalPlan, required: Required): LogicalPlan {
  switch (plan.kind) {
    case 'scan':
      return narrowScan(plan, required);
    case 'values': {
      const keep = positions(plan.columns, required);
      if (keep.length === plan.columns.length) return plan;
      return { ...plan, columns: pick(plan.columns, keep), rows: plan.rows.map((row) => pick(row, keep)) };
    }
    case 'memory': {
      const keep = positions(plan.columns, required);
      if (keep.length === plan.columns.length) return plan;
      const batches = plan.batches.map((batch) => ({ ...batch, vectors: pick(batch.vectors, keep) }));
      return { ...plan, columns: pick(plan.columns, keep), batches };
    }
    case 'function-scan':
      return plan.ordinality === null || required.has(plan.ordinality.id) ? plan : { ...plan, ordinality: null };
    case 'filter':
    case 'limit':
      return withInput(plan, narrow(plan.input, reads(required, exprsOf(plan))));
    case 'sort':
      return withInput(plan, narrow(plan.input, new Set([...required, ...plan.keys.map((key) => key.id)])));
    case 'project': {
      const assignments = plan.assignments.filter(({ column }) => required.has(column.id));
      const input = narrow(
        plan.input,
        reads(
          [],
          assignments.map(({ expr }) => expr),
        ),
      );
      const isSame = input === plan.input && assignments.length === plan.assignments.length;
      return isSame ? plan : { ...plan, input, assignments };
    }
    case 'join': {
      const wanted = reads(required, plan.on);
      const [left, right] = [narrow(plan.left, wanted), narrow(plan.right, wanted)];
      return left === plan.left && right === plan.right ? plan : { ...plan, left, right };
    }
    case 'aggregate': {
      const aggregations = plan.aggregations.filter(({ column }) => required.has(column.id));
      const fewer = aggregations.length === plan.aggregations.length ? plan : { ...plan, aggregations };
      return withInput(fewer, narrow(plan.input, reads(plan.groupBy, exprsOf(fewer))));
    }
    case 'window':
      return narrowWindow(plan, required);
    case 'union':
      return narrowUnion(plan, required);
    case 'apply':
      return narrowApply(plan, required);
    case 'insert':
      return withInput(plan, narrow(plan.input, new Set(plan.fields.map((field) => field.source))));
    case 'distinct':
    case 'extension':
      return plan;
    default:
      return plan satisfies never;
  }
}

/** Calls that nobody reads go; without any left the window adds nothing, as it gives one row per input row. */
function narrowWindow(plan: PlanOf<'window'>, required: Required): LogicalPlan {
  const functions = plan.functions.filter(({ column }) => required.has(column.id));
  if (functions.length === 0) return narrow(plan.input, required);
  const fewer = functions.length === plan.functions.length ? plan : { ...plan, functions };
  const keys = [...required, ...plan.partitionBy, ...plan.orderBy.map((key) => key.id)];
  return withInput(fewer, narrow(plan.input, reads(keys, exprsOf(fewer))));
}

/** Fields that only the scan's own filters read are read, but not produced. */
function narrowScan(plan: PlanOf<'scan'>, required: Required): LogicalPlan {
  const columns = plan.columns.filter((column) => required.has(column.id));
  if (columns.length === plan.columns.length) return plan;
  const filtered = reads([], plan.filters);
  const dropped = plan.columns.filter((column) => !required.has(column.id) && filtered.has(column.id));
  return { ...plan, columns, filterColumns: [...plan.filterColumns, ...dropped] };
}

/** Columns of a union go by position, so its inputs must lose exactly the same ones: a Project on top where narrowing leaves more. */
function narrowUnion(plan: PlanOf<'union'>, required: Required): LogicalPlan {
  const keep = positions(plan.columns, required);
  if (keep.length === plan.columns.length) return plan;
  const inputs = plan.inputs.map((input) => {
    const wanted = pick(columnsOf(input), keep);
    const narrowed = narrow(input, new Set(wanted.map((column) => column.id)));
    const produced = columnsOf(narrowed);
    if (produced.length === wanted.length && produced.every((column, i) => column.id === wanted[i]?.id))
      return narrowed;
    const assignments = wanted.map((column) => ({
      column,
      expr: { kind: 'column', id: column.id, type: column.type } as const,
    }));
    return { kind: 'project', input: narrowed, assignments } as const;
  });
  return { ...plan, inputs, columns: pick(plan.columns, keep) };
}

/**
 * An Apply whose one output nobody reads adds nothing: it gives one row per input row. What its subquery, narrowed first,
 * reads of the input stays.
 */
function narrowApply(plan: PlanOf<'apply'>, required: Required): LogicalPlan {
  const { mode } = plan;
  if ('output' in mode && !required.has(mode.output.id)) return narrow(plan.input, required);
  const wanted = new Set([...reads(required, exprsOf(plan))]);
  const needsAll = mode.kind === 'scalar' || mode.kind === 'array' || mode.kind === 'quantified';
  const ofSubquery = needsAll ? columnIdsOf(plan.subquery) : mode.kind === 'exists' ? new Set<ColumnId>() : wanted;
  const subquery = narrow(plan.subquery, ofSubquery);
  const input = narrow(plan.input, new Set([...wanted, ...readAnywhere(subquery)]));
  return input === plan.input && subquery === plan.subquery ? plan : { ...plan, input, subquery };
}

/** Every column that the tree reads: its own and those of an enclosing Apply. */
function readAnywhere(plan: LogicalPlan): ReadonlySet<ColumnId> {
  const read = new Set<ColumnId>();
  const visit = (node: LogicalPlan): void => {
    for (const expr of exprsOf(node)) columnsRead(expr, read);
    for (const input of inputsOf(node)) visit(input);
  };
  visit(plan);
  return read;
}

function reads(also: Iterable<ColumnId>, exprs: readonly Expr[]): Set<ColumnId> {
  const read = new Set(also);
  for (const expr of exprs) columnsRead(expr, read);
  return read;
}

function withInput<P extends LogicalPlan & { readonly input: LogicalPlan }>(plan: P, input: LogicalPlan): P {
  return input === plan.input ? plan : { ...plan, input };
}

function positions(columns: readonly Column[], required: Required): readonly number[] {
  return columns.flatMap((column, i) => (required.has(column.id) ? [i] : []));
}

function pick<T>(list: readonly T[], keep: readonly number[]): readonly T[] {
  return keep.flatMap((i) => list[i] ?? []);
}
