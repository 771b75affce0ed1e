import type { AstStatement } from '../ast.ts';
import { refusal } from './refusal.ts';
import { isWord } from './token.ts';
import {
  expectEnd,
  expectWords,
  nextToken,
  skipSymbol,
  skipWords,
  type TokenReader,
  unexpected,
} from './token-reader.ts';

/** What a transaction is asked to be. */
export interface TransactionModes {
  readonly isolation: string | null;
  readonly readOnly: boolean | null;
}

/** BEGIN, START TRANSACTION, COMMIT, END, ROLLBACK, ABORT; savepoints and two-phase commit are refused. */
export function readTransaction(r: TokenReader): AstStatement {
  const word = r.items[0]!.text;
  if (word === 'begin' || word === 'start') {
    if (word === 'start') expectWords(r, 'transaction');
    else if (!skipWords(r, 'transaction')) skipWords(r, 'work');
    const modes = nextToken(r) === undefined ? { isolation: null, readOnly: null } : readModes(r);
    return { kind: 'transaction', action: word, ...modes, chain: false, at: 0 };
  }
  const action = word === 'commit' || word === 'end' ? 'commit' : 'rollback';
  const token = nextToken(r);
  if (isWord(token, 'prepared')) throw refusal(`${word.toUpperCase()} PREPARED`, token);
  if (!skipWords(r, 'transaction')) skipWords(r, 'work');
  if (isWord(nextToken(r), 'to')) throw refusal('ROLLBACK TO SAVEPOINT', nextToken(r));
  const chain = readChain(r);
  expectEnd(r);
  return { kind: 'transaction', action, isolation: null, readOnly: null, chain, at: 0 };
}

function readChain(r: TokenReader): boolean {
  if (!skipWords(r, 'and')) return false;
  const isNegated = skipWords(r, 'no');
  expectWords(r, 'chain');
  return !isNegated;
}

const LEVELS: readonly (readonly string[])[] = [
  ['serializable'],
  ['repeatable', 'read'],
  ['read', 'committed'],
  ['read', 'uncommitted'],
];

/** ISOLATION LEVEL, READ ONLY, READ WRITE, [NOT] DEFERRABLE, with or without commas; at least one. The last of a kind counts. */
export function readModes(r: TokenReader): TransactionModes {
  let isolation: string | null = null;
  let readOnly: boolean | null = null;
  do {
    if (skipWords(r, 'isolation', 'level')) {
      const level = LEVELS.find((words) => skipWords(r, ...words));
      if (level === undefined) throw unexpected(r);
      isolation = level.join(' ');
    } else if (skipWords(r, 'read', 'only')) readOnly = true;
    else if (skipWords(r, 'read', 'write')) readOnly = false;
    else if (!skipWords(r, 'deferrable')) expectWords(r, 'not', 'deferrable');
  } while (skipSymbol(r, ',') || nextToken(r) !== undefined);
  return { isolation, readOnly };
}
