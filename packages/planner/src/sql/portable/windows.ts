import type { AstFrame, AstFrameBound, AstNamedWindow, AstWindow } from '../ast.ts';
import { readExpression, readExpressions } from './expressions.ts';
import { canNameColumn } from './keywords.ts';
import { atOf, type Reading } from './level.ts';
import { refusal, syntaxError } from './refusal.ts';
import { readSortKeys } from './sort-keys.ts';
import { type GroupToken, isParenthesis, isSymbol, isWord, type Token } from './token.ts';

/** What stands behind OVER: a window's name or its definition. */
export function readOver(
  reading: Reading,
  items: readonly Token[],
  from: number,
): { readonly over: AstWindow; readonly next: number } {
  const token = items[from];
  if (isParenthesis(token)) return { over: readDefinition(reading, token), next: from + 1 };
  const isName = token?.kind === 'quoted' || (token?.kind === 'word' && canNameColumn(token.text));
  if (!isName) throw syntaxError(reading.sql, token);
  const at = atOf(reading, token);
  return { over: { name: token.text, base: null, partitionBy: [], orderBy: [], frame: null, at }, next: from + 1 };
}

/** `WINDOW name AS (...), ...` from its first token on. */
export function readWindowClause(
  reading: Reading,
  items: readonly Token[],
  from: number,
): { readonly windows: readonly AstNamedWindow[]; readonly next: number } {
  const windows: AstNamedWindow[] = [];
  let next = from;
  do {
    const name = items[next + 1];
    const isName = name?.kind === 'quoted' || (name?.kind === 'word' && canNameColumn(name.text));
    if (!isName) throw syntaxError(reading.sql, name);
    if (!isWord(items[next + 2], 'as')) throw syntaxError(reading.sql, items[next + 2]);
    const group = items[next + 3];
    if (!isParenthesis(group)) throw syntaxError(reading.sql, group);
    windows.push({ name: name.text, window: readDefinition(reading, group), at: atOf(reading, group) });
    next += 4;
  } while (isSymbol(items[next], ','));
  return { windows, next };
}

/** `([name] [PARTITION BY ...] [ORDER BY ...] [frame])`. */
function readDefinition(reading: Reading, group: GroupToken): AstWindow {
  const { items } = group;
  const [first] = items;
  const isBase =
    first?.kind === 'quoted' ||
    (first?.kind === 'word' && canNameColumn(first.text) && !isWord(first, 'partition', 'range', 'rows', 'groups'));
  const frameAt = startOfFrame(items);
  const orderAt = startOf(items, 'order');
  const partitionAt = startOf(items, 'partition');
  const order = orderAt < 0 ? frameAt : orderAt;
  const head = items.slice(0, partitionAt < 0 ? order : partitionAt);
  if (head.length !== (isBase ? 1 : 0) || order > frameAt || partitionAt > order) {
    throw syntaxError(reading.sql, head[isBase ? 1 : 0] ?? first ?? group);
  }
  const keys = orderAt < 0 ? null : items.slice(orderAt + 2, frameAt);
  const partition = partitionAt < 0 ? null : items.slice(partitionAt + 2, order);
  if (keys?.length === 0 || partition?.length === 0) throw syntaxError(reading.sql, group);
  return {
    name: null,
    base: isBase ? first.text : null,
    partitionBy: partition === null ? [] : readExpressions(reading, partition),
    orderBy: keys === null ? [] : readSortKeys(reading, keys),
    frame: frameAt === items.length ? null : readFrame(reading, items.slice(frameAt)),
    at: atOf(reading, group),
  };
}

function startOf(items: readonly Token[], word: 'order' | 'partition'): number {
  return items.findIndex((token, i) => isWord(token, word) && isWord(items[i + 1], 'by'));
}

/** Where ROWS, RANGE or GROUPS begins; the length if there is none. Such a word is a column's name unless the rest ends as a frame does. */
function startOfFrame(items: readonly Token[]): number {
  const start = items.findIndex((token) => isWord(token, 'rows', 'range', 'groups'));
  const last = items[items.length - 1];
  const isFrame = isWord(last, 'preceding', 'following', 'row', 'others', 'group', 'ties');
  return start < 0 || !isFrame || start === items.length - 1 ? items.length : start;
}

const EXCLUSIONS: Readonly<Record<string, AstFrame['exclude']>> = {
  'no others': 'nothing',
  'current row': 'current-row',
  group: 'group',
  ties: 'ties',
};

function readFrame(reading: Reading, items: readonly Token[]): AstFrame {
  const mode = items[0]!.text as AstFrame['mode'];
  const excludeAt = items.findIndex((token) => isWord(token, 'exclude'));
  const words = excludeAt < 0 ? [] : items.slice(excludeAt + 1);
  const exclude = excludeAt < 0 ? 'nothing' : EXCLUSIONS[words.map((word) => word.text).join(' ')];
  if (exclude === undefined || words.some((word) => word.kind !== 'word')) throw syntaxError(reading.sql, words[0]);
  const isBetween = isWord(items[1], 'between');
  const bounds = items.slice(isBetween ? 2 : 1, excludeAt < 0 ? items.length : excludeAt);
  if (!isBetween) {
    const frame = { mode, start: readBound(reading, bounds), end: { kind: 'current-row' }, exclude } as const;
    return requirePossible(frame, items[0]!);
  }
  const and = bounds.findIndex(
    (token, i) => isWord(token, 'and') && isWord(bounds[i - 1], 'preceding', 'following', 'row'),
  );
  if (and < 0) throw syntaxError(reading.sql, bounds[bounds.length - 1] ?? items[1]);
  const start = readBound(reading, bounds.slice(0, and));
  return requirePossible({ mode, start, end: readBound(reading, bounds.slice(and + 1)), exclude }, items[0]!);
}

function readBound(reading: Reading, items: readonly Token[]): AstFrameBound {
  const last = items[items.length - 1];
  const isShort = items.length === 2;
  if (isShort && isWord(items[0], 'current') && isWord(last, 'row')) return { kind: 'current-row' };
  if (!isWord(last, 'preceding', 'following') || items.length < 2) throw syntaxError(reading.sql, last);
  const kind = last.text as 'preceding' | 'following';
  if (isShort && isWord(items[0], 'unbounded')) return { kind: `unbounded-${kind}` };
  return { kind, offset: readExpression(reading, items.slice(0, -1)) };
}

const ORDER: readonly AstFrameBound['kind'][] = [
  'unbounded-preceding',
  'preceding',
  'current-row',
  'following',
  'unbounded-following',
];

/** Ends that PostgreSQL's parser refuses (42P20). */
function requirePossible(frame: AstFrame, token: Token): AstFrame {
  const { start, end } = frame;
  const isPossible =
    start.kind !== 'unbounded-following' &&
    end.kind !== 'unbounded-preceding' &&
    ORDER.indexOf(start.kind) <= ORDER.indexOf(end.kind);
  if (!isPossible) throw refusal('this window frame', token);
  return frame;
}
