import {
  type ColumnId,
  columnsRead,
  type DataType,
  type Expr,
  failure,
  sameExpr,
  sameTree,
  typeOf,
} from '@millrace/core';
import { columnExpr } from '../plan/build.ts';
import { columnsOf } from '../plan/columns.ts';
import type { Assignment, LogicalPlan, SortKey } from '../plan/logical-plan.ts';
import { mapFrame, mapWindowCall, type WindowCall, type WindowFrame } from '../plan/window.ts';
import type { AstNamedWindow, AstWindow } from '../sql/ast.ts';
import { bindExpr, startOf } from './bind-expr.ts';
import { bindFrame } from './bind-frame.ts';
import type { BindState } from './bind-state.ts';
import { resolveUnknown } from './coerce.ts';
import { applyAll, type ExprContext, type WindowSink } from './expr-context.ts';
import { isNullableExpr } from './expr-nullability.ts';
import type { Grouped } from './grouping.ts';
import { positionOf } from './position.ts';
import { refuseUnordered } from './select-tail.ts';
import type { Target } from './select-targets.ts';

/** A collection for the window calls of one SELECT, with its WINDOW clause. */
export function windowSink(named: readonly AstNamedWindow[]): WindowSink {
  return { windows: named.map(({ name, window }) => ({ name, ast: { ...window, name }, calls: [] })), applies: [] };
}

/** A sort key that is still an expression. */
interface OrderExpr {
  readonly expr: Expr;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}
/** A window with names resolved, and the calls over it. */
export interface BoundWindow {
  readonly name: string | null;
  readonly partitionBy: readonly Expr[];
  readonly orderBy: readonly OrderExpr[];
  readonly frame: WindowFrame;
  readonly hasFrame: boolean;
  readonly calls: readonly WindowCall[];
}

/** The windows of a SELECT, in order; a copy knows those before it. Throws 42P20 and 42704 as PostgreSQL does. */
export function bindWindows(context: ExprContext, sink: WindowSink): readonly BoundWindow[] {
  const bound: BoundWindow[] = [];
  const inner: ExprContext = {
    ...context,
    clause: 'window definitions',
    applies: sink.applies,
    windows: null,
    sets: null,
  };
  for (const { name, ast, calls } of sink.windows) {
    const position = positionOf(ast.at);
    if (name !== null && bound.some((other) => other.name === name)) {
      throw failure('windowingError', { message: `window "${name}" is already defined` }, { position });
    }
    const base = ast.base === null ? null : (bound.find((other) => other.name === ast.base) ?? null);
    if (ast.base !== null && base === null) {
      throw failure('undefinedObject', { message: `window "${ast.base}" does not exist` }, { position });
    }
    const orderBy = ast.orderBy.map((key): OrderExpr => {
      const expr = resolveUnknown(inner.state, bindExpr(inner, key.expr));
      refuseUnordered(expr, positionOf(startOf(key.expr)));
      return { expr, descending: key.descending, nullsFirst: key.nullsFirst ?? key.descending };
    });
    const partitionBy = ast.partitionBy.map((key) => {
      const expr = resolveUnknown(inner.state, bindExpr(inner, key));
      refuseUnordered(expr, positionOf(startOf(key)), 'an equality');
      return expr;
    });
    if (base !== null) refuseOverrides(ast, base);
    const keys = distinctKeys(base !== null && orderBy.length === 0 ? base.orderBy : orderBy);
    const frame = bindFrame(
      inner,
      ast,
      keys.map(({ expr }): DataType => typeOf(expr)),
    );
    const partitions = base === null ? partitionBy : base.partitionBy;
    bound.push({ name, partitionBy: partitions, orderBy: keys, frame, hasFrame: ast.frame !== null, calls });
  }
  return bound;
}

/** A key that came before decides nothing more. */
function distinctKeys(keys: readonly OrderExpr[]): readonly OrderExpr[] {
  return keys.filter((key, i) => !keys.slice(0, i).some((other) => sameExpr(other.expr, key.expr)));
}

function refuseOverrides(ast: AstWindow, base: BoundWindow): void {
  const position = positionOf(ast.at);
  const refuse = (message: string, hint?: string): never => {
    throw failure('windowingError', { message }, hint === undefined ? { position } : { position, hint });
  };
  if (ast.partitionBy.length > 0) refuse(`cannot override PARTITION BY clause of window "${base.name}"`);
  if (ast.orderBy.length > 0 && base.orderBy.length > 0) {
    refuse(`cannot override ORDER BY clause of window "${base.name}"`);
  }
  if (!base.hasFrame) return;
  const isPlain = ast.name === null && ast.orderBy.length === 0 && ast.frame === null;
  const hint = isPlain ? 'Omit the parentheses in this OVER clause.' : undefined;
  refuse(`cannot copy window "${base.name}" because it has a frame clause`, hint);
}

/** 42P20 if GROUP BY means an output that a window function computes. */
export function refuseWindowedGroups(groups: readonly Target[], sink: WindowSink): void {
  const outputs = new Set(sink.windows.flatMap(({ calls }) => calls.map((call) => call.column.id)));
  for (const group of groups) {
    if (![...columnsRead(group.expr)].some((id) => outputs.has(id))) continue;
    const message = 'window functions are not allowed in GROUP BY';
    throw failure('windowingError', { message }, { position: positionOf(group.at) });
  }
}

/** Windows over grouped rows: their expressions speak of the groups. Calls are replaced in the order of the select list, whose first error counts. */
export class GroupedCalls {
  readonly #calls: ReadonlyMap<ColumnId, WindowCall>;
  readonly #replaced: Map<ColumnId, WindowCall> = new Map();
  readonly #replace: Grouped['replace'];

  constructor(windows: readonly BoundWindow[], { replace }: Grouped) {
    this.#calls = new Map(windows.flatMap(({ calls }) => calls.map((call) => [call.column.id, call] as const)));
    this.#replace = replace;
  }

  /** Replaces the calls that an expression reads. */
  visit(expr: Expr): void {
    for (const id of columnsRead(expr)) if (this.#calls.has(id)) this.#replacedCall(id);
  }

  windows(windows: readonly BoundWindow[]): readonly BoundWindow[] {
    return windows.map((window) => ({
      ...window,
      calls: window.calls.map((call) => this.#replacedCall(call.column.id)),
      partitionBy: window.partitionBy.map(this.#replace),
      orderBy: window.orderBy.map((key) => ({ ...key, expr: this.#replace(key.expr) })),
      frame: mapFrame(window.frame, this.#replace),
    }));
  }

  #replacedCall(id: ColumnId): WindowCall {
    const known = this.#replaced.get(id);
    if (known !== undefined) return known;
    const call = mapWindowCall(this.#calls.get(id)!, this.#replace);
    this.#replaced.set(id, call);
    return call;
  }
}

/**
 * The windows that somebody uses on top of a plan; what they partition and order by, if it is more than columns, is projected first:
 *
 *     Window(first window) <- Window(second window) <- Project[columns, keys] <- subqueries of arguments and keys <- input
 *
 * The first window comes last, so that rows without ORDER BY have its order, as PostgreSQL's mostly do.
 */
export function windowPlan(
  state: BindState,
  input: LogicalPlan,
  windows: readonly BoundWindow[],
  applies: WindowSink['applies'],
): LogicalPlan {
  const used = windows.filter(({ calls }) => calls.length > 0);
  if (used.length === 0) return input;
  const below = applyAll(input, applies);
  const keys = new KeyColumns(state, below);
  const nodes = used.map(({ partitionBy, orderBy, frame, calls }) => ({
    partitionBy: [...new Set(partitionBy.map((expr) => keys.idOf(expr)))],
    orderBy: orderBy.map(({ expr, ...direction }): SortKey => ({ id: keys.idOf(expr), ...direction })),
    frame,
    functions: calls,
  }));
  const merged = nodes.filter((node, i) => nodes.findIndex((other) => isSameWindow(other, node)) === i);
  return merged.reduceRight<LogicalPlan>((plan, node) => {
    const functions = nodes.filter((other) => isSameWindow(other, node)).flatMap((other) => other.functions);
    return { kind: 'window', input: plan, ...node, functions };
  }, keys.project());
}

type Node = Pick<Extract<LogicalPlan, { kind: 'window' }>, 'partitionBy' | 'orderBy' | 'frame' | 'functions'>;

function isSameWindow({ functions: _, ...a }: Node, { functions: __, ...b }: Node): boolean {
  return sameTree(a, b);
}

/** Columns that hold keys: the input's own, and computed ones that a Project adds to them. */
class KeyColumns {
  readonly #state: BindState;
  readonly #input: LogicalPlan;
  readonly #own: ReadonlySet<ColumnId>;
  readonly #computed: Assignment[] = [];

  constructor(state: BindState, input: LogicalPlan) {
    this.#state = state;
    this.#input = input;
    this.#own = new Set(columnsOf(input).map((column) => column.id));
  }

  idOf(expr: Expr): ColumnId {
    if (expr.kind === 'column' && this.#own.has(expr.id)) return expr.id;
    const known = this.#computed.find((assignment) => sameExpr(assignment.expr, expr));
    if (known !== undefined) return known.column.id;
    const column = this.#state.newColumn('key', typeOf(expr), isNullableExpr(this.#state, expr));
    this.#computed.push({ column, expr });
    return column.id;
  }

  project(): LogicalPlan {
    if (this.#computed.length === 0) return this.#input;
    const passed = columnsOf(this.#input).map((column) => ({ column, expr: columnExpr(column) }));
    return { kind: 'project', input: this.#input, assignments: [...passed, ...this.#computed] };
  }
}
