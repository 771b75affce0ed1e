/**
 * narrow-days: a range of `ts` says which days can be in it, so the files of other days are not read.
 *
 *   Filter ts >= X, ts < Y        =>   Filter ts >= X, day >= day(X), ts < Y, day <= day(Y)
 *     Scan events [ts, day]              Scan events [ts, day]
 *
 * where the catalog knows that `day` is `GENERATED ALWAYS AS ((ts AT TIME ZONE 'UTC')::date)`, and day(X) is the same of X.
 *
 * Why not more: `ts < Y` still holds on the day of Y, so the bound on `day` is never strict. X reads no column and is not volatile; if it fails, it
 * fails in `ts >= X` first, which stands in front. Another time zone goes back an hour every autumn, and its days with it.
 */
import { type CompareOp, columnsRead, type Expr, isVolatile, replaceColumns, sameExpr } from '@millrace/core';
import { columnExpr, defineRule, type OptimizerRule, type PlanOf, type ScanColumn } from '@millrace/planner';

const NOT_STRICT: Partial<Record<CompareOp, CompareOp>> = { '>=': '>=', '>': '>=', '<=': '<=', '<': '<=', '=': '=' };
const MIRRORED: Partial<Record<CompareOp, CompareOp>> = { '>=': '<=', '>': '<', '<=': '>=', '<': '>', '=': '=' };

export const narrowDays: OptimizerRule<'filter'> = defineRule({
  name: 'narrow-days',
  summary: 'Adds the days that a range of time can be in.',
  phase: 'pushdown',
  on: ['filter'],
  order: 'up',
  before: ['push-filter-into-scan'],
  contract: { errors: 'may-remove' },
  examples: [
    {
      title: 'a range of time',
      sql: "SELECT n FROM e WHERE ts >= now() AND ts < '2024-06-01Z'",
      before:
        "Project n\n  Filter ts >= now(), ts < '2024-06-01Z'::timestamp with time zone\n    Scan e [ts, n, day, half]",
      after:
        "Project n\n  Filter ts >= now(), day >= timezone('UTC'::text, now())::date, ts < '2024-06-01Z'::timestamp with time zone, day <= timezone('UTC'::text, '2024-06-01Z'::timestamp with time zone)::date\n    Scan e [ts, n, day, half]",
    },
    {
      title: 'a point in time',
      sql: 'SELECT n FROM e WHERE $1 = ts',
      before: 'Project n\n  Filter $1 = ts\n    Scan e [ts, n, day, half]',
      after: "Project n\n  Filter $1 = ts, day = timezone('UTC'::text, $1)::date\n    Scan e [ts, n, day, half]",
    },
    {
      title: 'other times than this one',
      sql: 'SELECT n FROM e WHERE ts <> now()',
      before: 'Project n\n  Filter ts <> now()\n    Scan e [ts, n, day, half]',
      after: 'unchanged',
    },
    {
      title: 'nothing known of the day',
      sql: 'SELECT n FROM e WHERE n > 1',
      before: 'Project n\n  Filter n > 1\n    Scan e [ts, n, day, half]',
      after: 'unchanged',
    },
  ],
  rewrite(filter, context) {
    const scan = filter.input;
    const columns = scan.kind === 'scan' ? daysOf(scan) : null;
    if (scan.kind !== 'scan' || columns === null) {
      context.note('no column is the day of another one');
      return filter;
    }
    const known = [...filter.predicates, ...scan.filters];
    const isNew = (predicate: Expr): boolean => !known.some((one) => sameExpr(one, predicate));
    const predicates = filter.predicates.flatMap((predicate) => {
      const implied = impliedDay(predicate, columns);
      return implied !== null && isNew(implied) ? [predicate, implied] : [predicate];
    });
    return predicates.length === filter.predicates.length ? filter : { ...filter, predicates };
  },
});

interface Days {
  readonly time: ScanColumn;
  readonly day: ScanColumn;
  /** The day as an expression over the time. */
  readonly dayOf: Expr;
}

/** The scan's day and the time that it is the day of, as the catalog says; null if there is none. */
function daysOf(scan: PlanOf<'scan'>): Days | null {
  for (const day of scan.columns) {
    const { derivedFrom } = day;
    const time = scan.columns.find(({ field }) => field === derivedFrom?.field);
    if (derivedFrom !== undefined && time !== undefined && isDayInUtc(derivedFrom.expr)) {
      return { time, day, dayOf: derivedFrom.expr };
    }
  }
  return null;
}

/** `(column AT TIME ZONE 'UTC')::date` */
function isDayInUtc(expr: Expr): boolean {
  if (expr.kind !== 'cast' || expr.type.kind !== 'date') return false;
  const { operand } = expr;
  if (operand.kind !== 'call' || operand.fn.id !== 'timezone(text,timestamptz)') return false;
  const [zone, column] = operand.args;
  // A literal as it was written stands below a cast to text.
  const name = zone?.kind === 'cast' ? zone.operand : zone;
  return name?.kind === 'literal' && name.value === 'UTC' && column?.kind === 'column';
}

/** What `ts >= X` (or `X <= ts`) says of the day. */
function impliedDay(predicate: Expr, { time, day, dayOf }: Days): Expr | null {
  if (predicate.kind !== 'compare') return null;
  const isTime = (expr: Expr): boolean => expr.kind === 'column' && expr.id === time.id;
  const isLeft = isTime(predicate.left);
  if (!isLeft && !isTime(predicate.right)) return null;
  const op = NOT_STRICT[(isLeft ? predicate.op : MIRRORED[predicate.op]) ?? '<>'];
  const bound = isLeft ? predicate.right : predicate.left;
  if (op === undefined || columnsRead(bound).size > 0 || isVolatile(bound)) return null;
  const right = replaceColumns(dayOf, () => bound);
  return { kind: 'compare', op, left: columnExpr(day), right };
}
