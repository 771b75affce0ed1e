import type { AstExpr, AstFrom, AstQuery, AstQueryBody } from '../ast.ts';
import { readExpressions } from './expressions.ts';
import { queryOf } from './mask-query.ts';
import type { Tree } from './node-sql-parser.ts';
import { refusal } from './refusal.ts';
import {
  expectKeys,
  mismatch,
  nodeOf,
  nodesOf,
  peek,
  requireEnd,
  take,
  takeWord,
  type Walk,
  walkColumns,
} from './walk.ts';
import { walkExpression } from './walk-expression.ts';

const KNOWN = [
  'type',
  'columns',
  'distinct',
  'from',
  'where',
  'groupby',
  'having',
  'orderby',
  'limit',
  '_limit',
  '_next',
  'set_op',
];
const UNKNOWN = ['with', 'options', 'into', 'window'];

/** The tree of a query level: SELECTs, set operations, ORDER BY, LIMIT and OFFSET. WITH has been read. */
export function walkQuery(walk: Walk, tree: Tree): AstQuery {
  const operands: AstQuery[] = [walkOperand(walk, tree)];
  const operators: { readonly op: 'union' | 'intersect' | 'except'; readonly all: boolean }[] = [];
  let node = tree;
  while (node['_next'] !== undefined && node['_next'] !== null) {
    if (node['set_op'] !== 'union') throw mismatch(walk);
    operators.push(take(walk, 'set-operation'));
    node = nodeOf(walk, node['_next']);
    operands.push(walkOperand(walk, node));
  }
  const combined = climbSets(operands, operators);
  const query = walkTail(walk, node, combined);
  requireEnd(walk);
  return query;
}

type Operators = readonly { readonly op: 'union' | 'intersect' | 'except'; readonly all: boolean }[];

/** INTERSECT binds more strongly than UNION and EXCEPT; all go left to right. */
function climbSets(operands: readonly AstQuery[], operators: Operators): AstQuery {
  const terms: AstQuery[] = [operands[0]!];
  const pending: { readonly op: 'union' | 'intersect' | 'except'; readonly all: boolean }[] = [];
  operators.forEach((operator, i) => {
    const right = operands[i + 1]!;
    if (operator.op === 'intersect') terms.push(combine(terms.pop()!, operator, right));
    else {
      terms.push(right);
      pending.push(operator);
    }
  });
  return pending.reduce((left, operator, i) => combine(left, operator, terms[i + 1]!), terms[0]!);
}

function combine(left: AstQuery, { op, all }: Operators[number], right: AstQuery): AstQuery {
  return queryOf({ kind: 'set-operation', op, all, left, right, at: left.at });
}

/** ORDER BY, LIMIT and OFFSET, which the parser hangs on the last operand and which belong to the whole. */
function walkTail(walk: Walk, last: Tree, query: AstQuery): AstQuery {
  const first = walk.pieces[walk.next];
  if (first === undefined) return query;
  if (walk.reading.withTail.has(query)) throw refusal('ORDER BY or LIMIT behind a query that has one', first.token);
  let { orderBy, limit, offset } = query;
  const sort = peek(walk, 'sort');
  if (sort !== null) {
    walk.next++;
    orderBy = sort.keys;
  }
  if ((sort !== null) !== (nodesOf(walk, last['orderby']).length === 1)) throw mismatch(walk);
  const seen = new Set<string>();
  for (let piece = peek(walk, 'limit'); piece !== null; piece = peek(walk, 'limit')) {
    if (seen.has(piece.word)) throw mismatch(walk);
    seen.add(piece.word);
    walk.next++;
    if (piece.word === 'limit') limit = notNull(piece.expr);
    else offset = notNull(piece.expr);
  }
  if (seen.size !== limitsOf(walk, last['limit']) + limitsOf(walk, last['_limit'])) throw mismatch(walk);
  const result = { ...query, orderBy, limit, offset };
  walk.reading.withTail.add(result);
  return result;
}

function limitsOf(walk: Walk, value: unknown): number {
  return value === undefined || value === null ? 0 : nodesOf(walk, nodeOf(walk, value)['value']).length;
}

/** LIMIT ALL and LIMIT NULL mean no limit. */
function notNull(expr: AstExpr): AstExpr | null {
  return expr.kind === 'literal' && expr.literal === 'null' ? null : expr;
}

function walkOperand(walk: Walk, tree: Tree): AstQuery {
  if (tree['type'] !== 'select') throw mismatch(walk);
  const isLast = tree['_next'] === undefined || tree['_next'] === null;
  expectKeys(walk, tree, isLast ? KNOWN : KNOWN.filter((key) => !/^(orderby|_?limit)$/.test(key)), [
    ...UNKNOWN,
    'orderby',
    'limit',
  ]);
  const whole = peek(walk, 'query');
  if (whole === null) return queryOf(walkSelect(walk, tree));
  for (const clause of ['from', 'where', 'groupby', 'having']) if (tree[clause] != null) throw mismatch(walk);
  const [column, ...rest] = nodesOf(walk, tree['columns']);
  if (column === undefined || rest.length > 0 || column['as'] != null) throw mismatch(walk);
  walk.next++;
  return whole.query;
}

function walkSelect(walk: Walk, tree: Tree): AstQueryBody {
  const { distinct, windows } = take(walk, 'select');
  if (nodeOf(walk, tree['distinct'])['type'] !== null) throw mismatch(walk);
  const items = walkColumns(walk, tree, { isRestricted: false, allowsStar: true });
  const from = takeWord(walk, 'FROM') ? walkFrom(walk, tree['from']) : [];
  if (from.length === 0 && tree['from'] != null) throw mismatch(walk);
  const where = walkClause(walk, 'WHERE', tree['where']);
  const groupBy = walkGroupBy(walk, tree['groupby']);
  const having = walkClause(walk, 'HAVING', tree['having']);
  return {
    kind: 'select',
    isDistinct: distinct !== null && distinct.length === 0,
    distinctOn: distinct === null ? [] : readExpressions(walk.reading, distinct),
    items,
    from,
    where,
    groupBy,
    groupingSets: null,
    having,
    windows,
    unsupported: [],
    at: items[0]?.at ?? null,
  };
}

function walkClause(walk: Walk, word: string, node: unknown): AstExpr | null {
  const isThere = takeWord(walk, word);
  if (isThere !== (node !== null && node !== undefined)) throw mismatch(walk);
  return isThere ? walkExpression(walk, node) : null;
}

function walkGroupBy(walk: Walk, node: unknown): readonly AstExpr[] {
  const isThere = takeWord(walk, 'GROUP BY');
  if (isThere !== (node !== null && node !== undefined)) throw mismatch(walk);
  if (!isThere) return [];
  const clause = nodeOf(walk, node);
  expectKeys(walk, clause, ['columns'], ['modifiers']);
  return nodesOf(walk, clause['columns']).map((column, i) => {
    if (i > 0 && take(walk, 'symbol').symbol !== ',') throw mismatch(walk);
    return walkExpression(walk, column);
  });
}

/** The FROM of `SELECT x FROM ...`, whose pieces start behind FROM. */
export function walkJoins(walk: Walk, tree: Tree): readonly AstFrom[] {
  expectKeys(
    walk,
    tree,
    ['type', 'columns', 'distinct', 'from'],
    [...UNKNOWN, 'where', 'groupby', 'having', 'orderby', 'limit'],
  );
  const from = walkFrom(walk, tree['from']);
  requireEnd(walk);
  return from;
}

const JOINS: Readonly<Record<string, string>> = {
  inner: 'INNER JOIN',
  cross: 'INNER JOIN',
  left: 'LEFT JOIN',
  right: 'RIGHT JOIN',
  full: 'FULL JOIN',
};

const NO_CONDITION = { on: null, using: null };

/** Items of FROM: the parser is shown a chain of joins, in which a comma starts a new item. */
function walkFrom(walk: Walk, value: unknown): readonly AstFrom[] {
  const list: AstFrom[] = [];
  for (const [i, node] of nodesOf(walk, value).entries()) {
    expectKeys(walk, node, ['db', 'table', 'as', 'join', 'on', 'using']);
    const words = i === 0 ? null : take(walk, 'join');
    if ((words === null ? undefined : JOINS[words.join?.type ?? 'inner']) !== node['join']) throw mismatch(walk);
    const piece = take(walk, 'relation');
    if (node['table'] !== piece.text || node['db'] != null || node['as'] != null) throw mismatch(walk);
    const condition = walkCondition(walk, node);
    const join = words?.join ?? null;
    if (join === null) {
      if (condition !== null) throw mismatch(walk);
      list.push(piece.relation);
    } else {
      const needsCondition = join.type !== 'cross' && !join.natural;
      if (needsCondition !== (condition !== null)) throw refusal('this nesting of joins', piece.token);
      const { type, natural } = join;
      const left = list.pop()!;
      list.push({
        kind: 'join',
        type,
        left,
        right: piece.relation,
        ...(condition ?? NO_CONDITION),
        natural,
        alias: null,
        at: piece.relation.at,
      });
    }
  }
  return list;
}

function walkCondition(
  walk: Walk,
  node: Tree,
): { readonly on: AstExpr | null; readonly using: readonly string[] | null } | null {
  if (takeWord(walk, 'ON')) return { on: walkExpression(walk, node['on']), using: null };
  if (node['on'] != null) throw mismatch(walk);
  const using = peek(walk, 'using');
  if ((using !== null) !== (node['using'] != null)) throw mismatch(walk);
  if (using === null) return null;
  walk.next++;
  return { on: null, using: using.names };
}
