import type { AstStatement } from '../ast.ts';
import { canNameColumn } from './keywords.ts';
import { optionValue } from './options.ts';
import { refusal } from './refusal.ts';
import { isSymbol, isWord, splitAtCommas } from './token.ts';
import { expectEnd, nextToken, skipSymbol, skipWords, type TokenReader, takeName, unexpected } from './token-reader.ts';
import { readModes } from './transaction.ts';

/** SET [SESSION | LOCAL] name = value, ...; SET TIME ZONE; SET TRANSACTION. The forms of the standard for names, roles and schemas are refused. */
export function readSet(r: TokenReader): AstStatement {
  if (skipWords(r, 'transaction')) return readSetTransaction(r, false);
  if (skipWords(r, 'session', 'characteristics', 'as', 'transaction')) return readSetTransaction(r, true);
  const isLocal = skipWords(r, 'local');
  if (!isLocal && isWord(nextToken(r), 'session') && !isSymbol(r.items[r.next + 1], '=', '.')) skipWords(r, 'session');
  if (isWord(nextToken(r), 'transaction')) throw refusal('SET LOCAL TRANSACTION', nextToken(r));
  if (skipWords(r, 'time', 'zone')) return readTimeZone(r, isLocal);
  const word = nextToken(r);
  if (
    isWord(word, 'names', 'role', 'schema', 'authorization', 'constraints', 'catalog', 'xml') &&
    !isAssignment(r, 1)
  ) {
    throw refusal(`SET ${word.text.toUpperCase()}`, word);
  }
  const name = settingName(takeSettingName(r));
  if (isWord(nextToken(r), 'from')) throw refusal('SET ... FROM CURRENT', nextToken(r));
  if (!skipSymbol(r, '=') && !skipWords(r, 'to')) throw unexpected(r);
  if (isWord(nextToken(r), 'default') && r.next === r.items.length - 1)
    return { kind: 'set', name, values: null, isLocal, at: 0 };
  return { kind: 'set', name, values: readValues(r), isLocal, at: 0 };
}

function isAssignment(r: TokenReader, ahead: number): boolean {
  const token = r.items[r.next + ahead];
  return isSymbol(token, '=', '.') || isWord(token, 'to');
}

function readSetTransaction(r: TokenReader, isSession: boolean): AstStatement {
  if (isWord(nextToken(r), 'snapshot')) throw refusal('SET TRANSACTION SNAPSHOT', nextToken(r));
  if (nextToken(r) === undefined) throw unexpected(r);
  return { kind: 'set-transaction', isSession, ...readModes(r), at: 0 };
}

function readTimeZone(r: TokenReader, isLocal: boolean): AstStatement {
  const set = { kind: 'set', name: 'TimeZone', isLocal, at: 0 } as const;
  if (isWord(nextToken(r), 'local', 'default')) {
    r.next++;
    expectEnd(r);
    return { ...set, values: null };
  }
  if (isWord(nextToken(r), 'interval')) throw refusal('SET TIME ZONE with an interval', nextToken(r));
  const values = readValues(r);
  if (values.length !== 1) throw unexpected(r);
  return { ...set, values };
}

function readValues(r: TokenReader): readonly string[] {
  const parts = splitAtCommas(r.items.slice(r.next));
  if (parts.length === 0) throw unexpected(r);
  const last = r.items[r.items.length - 1]!;
  return parts.map((part) => {
    const [value] = part;
    const isValue = value?.kind !== 'word' || canNameColumn(value.text) || isWord(value, 'true', 'false', 'on');
    if (!isValue) throw unexpected({ ...r, next: r.items.indexOf(value!) });
    return optionValue(r.reading, part, last);
  });
}

/** `name` or `namespace.name`. */
function takeSettingName(r: TokenReader): string {
  const parts = [takeName(r).text];
  while (skipSymbol(r, '.')) parts.push(takeName(r).text);
  return parts.join('.');
}

/** The grammar folds names; this one has another spelling in every listing. */
function settingName(name: string): string {
  return name === 'timezone' ? 'TimeZone' : name;
}

/** SHOW name, SHOW ALL, SHOW TIME ZONE, SHOW TRANSACTION ISOLATION LEVEL. */
export function readShow(r: TokenReader): AstStatement {
  const name = readSettingReference(r);
  expectEnd(r);
  return { kind: 'show', name: name ?? 'all', at: 0 };
}

/** RESET name, RESET ALL. */
export function readReset(r: TokenReader): AstStatement {
  const name = readSettingReference(r);
  expectEnd(r);
  return { kind: 'reset', name, at: 0 };
}

function readSettingReference(r: TokenReader): string | null {
  if (skipWords(r, 'all')) return null;
  if (skipWords(r, 'time', 'zone')) return 'TimeZone';
  if (skipWords(r, 'transaction', 'isolation', 'level')) return 'transaction_isolation';
  if (isWord(nextToken(r), 'session') && isWord(r.items[r.next + 1], 'authorization')) {
    throw refusal('SESSION AUTHORIZATION', nextToken(r));
  }
  return settingName(takeSettingName(r));
}

/** DISCARD ALL, PLANS, SEQUENCES, TEMP. */
export function readDiscard(r: TokenReader): AstStatement {
  const word = nextToken(r);
  if (!isWord(word, 'all', 'plans', 'sequences', 'temp', 'temporary')) throw unexpected(r);
  r.next++;
  expectEnd(r);
  return { kind: 'discard', what: word.text === 'temporary' ? 'TEMP' : word.text.toUpperCase(), at: 0 };
}
