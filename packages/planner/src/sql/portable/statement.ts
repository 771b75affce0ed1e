import type { AstStatement } from '../ast.ts';
import { readArguments } from './call-arguments.ts';
import { readCreateTable, readDropTable } from './create-table.ts';
import { readInsert } from './insert.ts';
import { atOf, deeper, type Reading } from './level.ts';
import { readOptions } from './options.ts';
import { readQuery } from './query.ts';
import { refusal, syntaxError } from './refusal.ts';
import { readDiscard, readReset, readSet, readShow } from './session.ts';
import { isParenthesis, isWord, splitAtCommas, type Token } from './token.ts';
import {
  expectEnd,
  nextToken,
  readerOf,
  skipSymbol,
  skipWords,
  type TokenReader,
  takeGroup,
  takeName,
  unexpected,
} from './token-reader.ts';
import { readTransaction } from './transaction.ts';
import { readType } from './type-name.ts';

/** The first words of statements that have a reader of their own: the parser below never sees them. */
const READERS: Readonly<Record<string, (r: TokenReader) => AstStatement>> = {
  insert: (r) => readInsert(r.reading, r.items),
  create: readCreateTable,
  drop: readDropTable,
  explain: readExplain,
  set: readSet,
  show: readShow,
  reset: readReset,
  discard: readDiscard,
  begin: readTransaction,
  start: readTransaction,
  commit: readTransaction,
  end: readTransaction,
  rollback: readTransaction,
  abort: readTransaction,
  checkpoint: readCheckpoint,
  call: readCall,
  prepare: readPrepare,
  execute: readExecute,
  deallocate: readDeallocate,
};

/** Commands of PostgreSQL that are refused by their first word; two words where the first says too little. */
const REFUSED: ReadonlySet<string> = new Set(
  `alter analyse analyze close cluster comment copy declare delete do fetch grant import listen load lock merge move notify reassign refresh
  reindex release revoke savepoint security table truncate unlisten update vacuum`.split(/\s+/),
);

/** Any statement of one level. What it does not know is 42601; what PostgreSQL knows and it does not, 0A000. */
export function readStatement(reading: Reading, items: readonly Token[]): AstStatement {
  return deeper(reading, () => {
    const [first] = items;
    if (first?.kind === 'word' && Object.hasOwn(READERS, first.text))
      return READERS[first.text]!(readerOf(reading, items, 1));
    if (first?.kind === 'word' && REFUSED.has(first.text)) throw refusal(first.text.toUpperCase(), first);
    if (isWord(first, 'with')) {
      const insert = items.findIndex((token) => isWord(token, 'insert', 'update', 'delete', 'merge'));
      if (isWord(items[insert], 'insert') && isWord(items[insert + 1], 'into')) return readInsert(reading, items);
    }
    if (!isParenthesis(first) && !isWord(first, 'select', 'with', 'values')) throw syntaxError(reading.sql, first);
    return { kind: 'query', query: readQuery(reading, items), at: 0 };
  });
}

function readExplain(r: TokenReader): AstStatement {
  const group = nextToken(r);
  const [inner] = isParenthesis(group) ? group.items : [];
  const hasList = isParenthesis(group) && !isParenthesis(inner) && !isWord(inner, 'select', 'with', 'values', 'table');
  if (hasList) r.next++;
  const options = hasList && group !== undefined && group.kind === 'group' ? [...readOptions(r.reading, group)] : [];
  for (const name of hasList ? [] : ['analyze', 'verbose']) {
    if (skipWords(r, name) || (name === 'analyze' && skipWords(r, 'analyse')))
      options.push({ namespace: null, name, value: null });
  }
  const rest = r.items.slice(r.next);
  const isExplainable = isParenthesis(rest[0]) || isWord(rest[0], 'select', 'with', 'values', 'insert', 'execute');
  if (!isExplainable) {
    if (rest[0]?.kind === 'word' && REFUSED.has(rest[0].text))
      throw refusal(`EXPLAIN ${rest[0].text.toUpperCase()}`, rest[0]);
    if (isWord(rest[0], 'create')) throw refusal('EXPLAIN CREATE', rest[0]);
    throw unexpected(r);
  }
  return { kind: 'explain', options, statement: readStatement(r.reading, rest), at: 0 };
}

function readCheckpoint(r: TokenReader): AstStatement {
  expectEnd(r);
  return { kind: 'checkpoint', at: 0 };
}

function readCall(r: TokenReader): AstStatement {
  const at = atOf(r.reading, nextToken(r));
  const name: string[] = [];
  do name.push(takeName(r).text);
  while (skipSymbol(r, '.'));
  const group = takeGroup(r);
  expectEnd(r);
  const { args, argNames, isStar, isDistinct, isVariadic, orderBy } = readArguments(r.reading, group, null);
  if (isStar || isDistinct || isVariadic || orderBy.length > 0) throw refusal('this form of CALL', group);
  return { kind: 'call', name, args, argNames, at };
}

function readPrepare(r: TokenReader): AstStatement {
  if (isWord(nextToken(r), 'transaction')) throw refusal('PREPARE TRANSACTION', nextToken(r));
  const name = takeName(r).text;
  const group = nextToken(r);
  if (isParenthesis(group)) r.next++;
  const types = isParenthesis(group) ? splitAtCommas(group.items) : [];
  const parameterTypes = types.map((part) => {
    const { type, next } = readType(r.reading, part, 0, false);
    if (next < part.length) throw syntaxError(r.reading.sql, part[next]);
    return type;
  });
  if (isParenthesis(group) && types.length === 0) throw syntaxError(r.reading.sql, group);
  if (!skipWords(r, 'as')) throw unexpected(r);
  const rest = r.items.slice(r.next);
  if (!isParenthesis(rest[0]) && !isWord(rest[0], 'select', 'with', 'values', 'insert', ...REFUSED))
    throw unexpected(r);
  // `sql` is filled in by the front end, which has the text.
  return { kind: 'prepare', name, parameterTypes, statement: readStatement(r.reading, rest), sql: '', at: 0 };
}

function readExecute(r: TokenReader): AstStatement {
  const name = takeName(r).text;
  const group = nextToken(r);
  if (isParenthesis(group)) r.next++;
  expectEnd(r);
  if (!isParenthesis(group)) return { kind: 'execute', name, args: [], at: 0 };
  if (group.items.length === 0) throw syntaxError(r.reading.sql, group);
  const { args, isDistinct, isStar, isVariadic, orderBy, argNames } = readArguments(r.reading, group, null);
  const isPlain =
    !isDistinct && !isStar && !isVariadic && orderBy.length === 0 && argNames.every((each) => each === null);
  if (!isPlain) throw syntaxError(r.reading.sql, group);
  return { kind: 'execute', name, args, at: 0 };
}

function readDeallocate(r: TokenReader): AstStatement {
  skipWords(r, 'prepare');
  const name = skipWords(r, 'all') ? null : takeName(r).text;
  expectEnd(r);
  return { kind: 'deallocate', name, at: 0 };
}
