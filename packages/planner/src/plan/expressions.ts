import { type Expr, mapSame } from '@millrace/core';
import type { Aggregation, ApplyMode, LogicalPlan, PlanOf, RowRange } from './logical-plan.ts';
import { frameOffsets, mapFrame, mapWindowCall } from './window.ts';

/** Every expression that stands in the node itself, not in its inputs. */
export function exprsOf(plan: LogicalPlan): readonly Expr[] {
  switch (plan.kind) {
    case 'scan':
      return [...plan.filters, ...rangeExprs(plan.range)];
    case 'values':
      return plan.rows.flat();
    case 'function-scan':
      return plan.args;
    case 'filter':
      return plan.predicates;
    case 'project':
      return plan.assignments.map((assignment) => assignment.expr);
    case 'join':
      return plan.on;
    case 'aggregate':
      return aggregationExprs(plan.aggregations);
    case 'window':
      return windowExprs(plan);
    case 'sort':
      return rangeExprs(plan.range);
    case 'limit':
      return rangeExprs(plan.range);
    case 'apply':
      return modeExprs(plan.mode);
    case 'extension':
      return plan.node.exprs;
    case 'memory':
    case 'distinct':
    case 'union':
    case 'insert':
      return [];
    default:
      return plan satisfies never;
  }
}

/** The expressions of aggregations: arguments, FILTER, ORDER BY. */
export function aggregationExprs(aggregations: readonly Aggregation[]): readonly Expr[] {
  return aggregations.flatMap(({ args, filter, orderBy }) => [
    ...args,
    ...(filter === null ? [] : [filter]),
    ...orderBy.map((key) => key.expr),
  ]);
}

/** The expressions of a window's calls and of its frame. */
export function windowExprs({ functions, frame }: Pick<PlanOf<'window'>, 'functions' | 'frame'>): readonly Expr[] {
  const ofCalls = functions.flatMap((call) => (call.filter === null ? call.args : [...call.args, call.filter]));
  return [...ofCalls, ...frameOffsets(frame)];
}

/** The expressions by which an Apply looks at what its subquery gives. */
export function modeExprs(mode: ApplyMode): readonly Expr[] {
  return mode.kind === 'quantified' ? mode.left : mode.kind === 'left' ? mode.on : [];
}

/** The expressions of a LIMIT and OFFSET. */
export function rangeExprs(range: RowRange | null): readonly Expr[] {
  return range === null ? [] : [range.skip, range.fetch].filter((expr) => expr !== null);
}

/** Maps every expression of the node itself. Identity is kept where nothing changed. */
export function mapExprs(plan: LogicalPlan, f: (expr: Expr) => Expr): LogicalPlan {
  switch (plan.kind) {
    case 'scan': {
      const filters = mapSame(plan.filters, f);
      const range = mapRange(plan.range, f);
      return filters === plan.filters && range === plan.range ? plan : { ...plan, filters, range };
    }
    case 'values': {
      const rows = mapSame(plan.rows, (row) => mapSame(row, f));
      return rows === plan.rows ? plan : { ...plan, rows };
    }
    case 'function-scan': {
      const args = mapSame(plan.args, f);
      return args === plan.args ? plan : { ...plan, args };
    }
    case 'filter': {
      const predicates = mapSame(plan.predicates, f);
      return predicates === plan.predicates ? plan : { ...plan, predicates };
    }
    case 'project': {
      const assignments = mapSame(plan.assignments, (assignment) => {
        const expr = f(assignment.expr);
        return expr === assignment.expr ? assignment : { ...assignment, expr };
      });
      return assignments === plan.assignments ? plan : { ...plan, assignments };
    }
    case 'join': {
      const on = mapSame(plan.on, f);
      return on === plan.on ? plan : { ...plan, on };
    }
    case 'aggregate':
      return mapAggregations(plan, f);
    case 'window': {
      const functions = mapSame(plan.functions, (call) => mapWindowCall(call, f));
      const frame = mapFrame(plan.frame, f);
      return functions === plan.functions && frame === plan.frame ? plan : { ...plan, functions, frame };
    }
    case 'sort': {
      const range = mapRange(plan.range, f);
      return range === plan.range ? plan : { ...plan, range };
    }
    case 'limit': {
      const range = mapRange(plan.range, f) ?? plan.range;
      return range === plan.range ? plan : { ...plan, range };
    }
    case 'apply': {
      const mode = mapMode(plan.mode, f);
      return mode === plan.mode ? plan : { ...plan, mode };
    }
    case 'extension': {
      const exprs = mapSame(plan.node.exprs, f);
      return exprs === plan.node.exprs ? plan : { ...plan, node: { ...plan.node, exprs } };
    }
    case 'memory':
    case 'distinct':
    case 'union':
    case 'insert':
      return plan;
    default:
      return plan satisfies never;
  }
}

function mapRange(range: RowRange | null, f: (expr: Expr) => Expr): RowRange | null {
  if (range === null) return null;
  const skip = range.skip === null ? null : f(range.skip);
  const fetch = range.fetch === null ? null : f(range.fetch);
  return skip === range.skip && fetch === range.fetch ? range : { skip, fetch };
}

function mapMode(mode: ApplyMode, f: (expr: Expr) => Expr): ApplyMode {
  if (mode.kind === 'quantified') {
    const left = mapSame(mode.left, f);
    return left === mode.left ? mode : { ...mode, left };
  }
  if (mode.kind === 'left') {
    const on = mapSame(mode.on, f);
    return on === mode.on ? mode : { ...mode, on };
  }
  return mode;
}

function mapAggregations(plan: Extract<LogicalPlan, { kind: 'aggregate' }>, f: (expr: Expr) => Expr): LogicalPlan {
  const aggregations = mapSame(plan.aggregations, (agg) => {
    const args = mapSame(agg.args, f);
    const filter = agg.filter === null ? null : f(agg.filter);
    const orderBy = mapSame(agg.orderBy, (key) => {
      const expr = f(key.expr);
      return expr === key.expr ? key : { ...key, expr };
    });
    const same = args === agg.args && filter === agg.filter && orderBy === agg.orderBy;
    return same ? agg : { ...agg, args, filter, orderBy };
  });
  return aggregations === plan.aggregations ? plan : { ...plan, aggregations };
}
