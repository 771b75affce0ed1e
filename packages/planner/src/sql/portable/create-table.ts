import { failure } from '@millrace/core';
import type { AstColumnDefinition, AstExpr, AstStatement } from '../ast.ts';
import { readExpression } from './expressions.ts';
import { atOf } from './level.ts';
import { readStorageOptions } from './options.ts';
import { namesBetweenCommas } from './query.ts';
import { refusal, syntaxError } from './refusal.ts';
import { type GroupToken, isWord, splitAtCommas, type Token } from './token.ts';
import {
  expectEnd,
  expectWords,
  nextToken,
  readerOf,
  skipSymbol,
  skipWords,
  type TokenReader,
  takeGroup,
  takeName,
  takeQualifiedName,
  unexpected,
} from './token-reader.ts';
import { readType } from './type-name.ts';

type CreateTable = AstStatement & { readonly kind: 'create-table' };

/** `CREATE TABLE [IF NOT EXISTS] name (columns) [PARTITION BY ...] [USING delta] [WITH (...)]`. CREATE of anything else is refused by its words. */
export function readCreateTable(r: TokenReader): AstStatement {
  const word = nextToken(r);
  if (!skipWords(r, 'table')) {
    if (word?.kind !== 'word') throw unexpected(r);
    throw refusal(`CREATE ${word.text.toUpperCase()}`, word);
  }
  const ifNotExists = skipWords(r, 'if', 'not', 'exists');
  const name = takeQualifiedName(r);
  if (isWord(nextToken(r), 'as', 'of', 'partition'))
    throw refusal(`CREATE TABLE ... ${nextToken(r)!.text.toUpperCase()}`, nextToken(r));
  const group = takeGroup(r);
  const tail = readTail(r);
  const columns = splitAtCommas(group.items).map((part) =>
    readColumn(r, part, { group, table: name.parts[name.parts.length - 1]! }),
  );
  return { kind: 'create-table', name, ifNotExists, columns, ...tail, unsupported: [], at: 0 };
}

function readTail(r: TokenReader): Pick<CreateTable, 'partitionBy' | 'options'> {
  if (isWord(nextToken(r), 'inherits')) throw refusal('INHERITS', nextToken(r));
  let partitionBy: CreateTable['partitionBy'] = null;
  if (skipWords(r, 'partition', 'by')) {
    const strategy = nextToken(r);
    if (!isWord(strategy, 'list', 'range', 'hash')) throw unexpected(r);
    r.next++;
    const group = takeGroup(r);
    const nested = group.items.find(
      (token) => token.kind === 'group' || (token.kind === 'punctuation' && token.text !== ','),
    );
    if (nested !== undefined) throw refusal('PARTITION BY with an expression', nested);
    partitionBy = { strategy: strategy.text, columns: namesBetweenCommas(r.reading, group.items, group) };
  }
  if (skipWords(r, 'using')) {
    const method = takeName(r);
    if (method.text !== 'delta') throw refusal(`USING ${method.text}`, method);
  }
  const options = skipWords(r, 'with') ? readStorageOptions(r.reading, takeGroup(r)) : [];
  const rest = nextToken(r);
  if (isWord(rest, 'without', 'on', 'tablespace', 'as'))
    throw refusal(`${rest.text.toUpperCase()} behind CREATE TABLE`, rest);
  expectEnd(r);
  return { partitionBy, options };
}

interface Place {
  readonly group: GroupToken;
  readonly table: string;
}

const REFUSED = [
  'constraint',
  'primary',
  'unique',
  'check',
  'references',
  'exclude',
  'foreign',
  'like',
  'collate',
  'compression',
  'storage',
  'deferrable',
  'initially',
  'options',
];

function readColumn(r: TokenReader, items: readonly Token[], place: Place): AstColumnDefinition {
  const { reading } = r;
  const [first] = items;
  if (first === undefined) throw syntaxError(reading.sql, place.group);
  const c = readerOf(reading, items);
  if (isWord(first, 'constraint', 'primary', 'unique', 'check', 'foreign', 'exclude', 'like') && !startsColumn(items)) {
    throw refusal(first.text.toUpperCase(), first);
  }
  const name = takeName(c);
  const { type, next } = readType(reading, items, c.next, false);
  c.next = next;
  const column: Constraints = { nullability: null, default: null, generated: null };
  while (nextToken(c) !== undefined) readConstraint(c, column, { column: name.text, table: place.table });
  const { default: defaultExpr, generated } = column;
  const notNull = column.nullability === 'not null';
  return { name: name.text, type, notNull, default: defaultExpr, generated, unsupported: [], at: atOf(reading, name) };
}

/** A word that is not reserved may name a column: then a type follows and no parenthesis. */
function startsColumn(items: readonly Token[]): boolean {
  return isWord(items[0], 'exclude') && items[1]?.kind === 'word' && items[1].text !== 'using';
}

interface Constraints {
  nullability: 'null' | 'not null' | null;
  default: AstExpr | null;
  generated: AstExpr | null;
}

function readConstraint(
  c: TokenReader,
  column: Constraints,
  names: { readonly column: string; readonly table: string },
): void {
  const token = nextToken(c)!;
  const conflict = (what: string): Error => {
    const message = `${what} for column "${names.column}" of table "${names.table}"`;
    return failure('syntaxError', { message }, { position: token.at + 1 });
  };
  if (isWord(token, ...REFUSED)) throw refusal(token.text.toUpperCase(), token);
  if (isWord(token, 'null', 'not')) {
    if (token.text === 'not') c.next++;
    if (isWord(nextToken(c), 'deferrable')) throw refusal('NOT DEFERRABLE', token);
    expectWords(c, 'null');
    const nullability = token.text === 'not' ? 'not null' : 'null';
    if (column.nullability !== null && column.nullability !== nullability)
      throw conflict('conflicting NULL/NOT NULL declarations');
    column.nullability = nullability;
  } else if (skipWords(c, 'default')) {
    if (column.default !== null) throw conflict('multiple default values specified');
    const end = endOfDefault(c);
    column.default = readExpression(c.reading, c.items.slice(c.next, end), true);
    c.next = end;
  } else if (isWord(token, 'generated')) {
    if (column.generated !== null) throw conflict('multiple generation clauses specified');
    c.next++;
    readGenerated(c, column);
  } else throw unexpected(c);
  if (column.default !== null && column.generated !== null) {
    throw conflict('both default and generation expression specified');
  }
}

function readGenerated(c: TokenReader, column: Constraints): void {
  expectWords(c, 'always', 'as');
  if (isWord(nextToken(c), 'identity')) throw refusal('GENERATED ... AS IDENTITY', nextToken(c));
  const group = takeGroup(c);
  expectWords(c, 'stored');
  column.generated = readExpression(c.reading, group.items);
}

/** Where the next constraint begins: its word cannot stand in a default but as its first token, NULL. */
function endOfDefault(c: TokenReader): number {
  const words = ['null', 'not', 'default', 'generated', ...REFUSED];
  const isNext = (token: Token, i: number): boolean => isWord(token, ...words) && !isWord(c.items[c.next + i], 'is');
  const length = c.items.slice(c.next + 1).findIndex(isNext);
  return length < 0 ? c.items.length : c.next + 1 + length;
}

/** `DROP TABLE [IF EXISTS] names [CASCADE | RESTRICT]`; DROP of anything else is refused by its words. */
export function readDropTable(r: TokenReader): AstStatement {
  const word = nextToken(r);
  if (!skipWords(r, 'table')) {
    if (word?.kind !== 'word') throw unexpected(r);
    throw refusal(`DROP ${word.text.toUpperCase()}`, word);
  }
  const ifExists = skipWords(r, 'if', 'exists');
  const names = [];
  do names.push({ ...takeQualifiedName(r), at: null });
  while (skipSymbol(r, ','));
  const cascade = skipWords(r, 'cascade');
  if (!cascade) skipWords(r, 'restrict');
  expectEnd(r);
  return { kind: 'drop-table', names, ifExists, cascade, at: 0 };
}
