import { failure } from '@millrace/core';
import { syntaxError } from './refusal.ts';
import { isSymbol, isWord, type PlainToken, type Token } from './token.ts';

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', case: 'end' };

interface OpenGroup {
  readonly text: '(' | '[' | 'case';
  readonly token: PlainToken;
  readonly items: Token[];
}

/** One statement's tokens, and where its text ends: at its semicolon or that of the text, in UTF-16 units. */
export interface StatementTokens {
  readonly items: readonly Token[];
  readonly to: number;
}

/**
 * The statements of a text, their parentheses, brackets and CASE ... END folded into groups; none for an empty one. A group is what later becomes a call of the
 * parser of its own, so that nothing is nested in what the parser sees. 42601 for what does not close, 54001 beyond `depthMax`.
 */
export function statementsOf(sql: string, tokens: readonly PlainToken[], depthMax: number): readonly StatementTokens[] {
  const statements: StatementTokens[] = [];
  const open: OpenGroup[] = [];
  let items: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    const opening = openingOf(token, tokens[i - 1]);
    if (opening !== null) {
      open.push({ text: opening, token, items });
      if (open.length > depthMax) throw failure('tooComplex');
      items = [];
      continue;
    }
    const last = open[open.length - 1];
    if (last !== undefined && closes(token, last, tokens[i - 1])) {
      const { start, at } = last.token;
      last.items.push({ kind: 'group', text: last.text, items, at, start, end: token.end });
      items = last.items;
      open.pop();
    } else if (isSymbol(token, ')', ']') || (isSymbol(token, ';') && last !== undefined)) {
      throw syntaxError(sql, token);
    } else if (isSymbol(token, ';')) {
      statements.push({ items, to: token.start });
      items = [];
    } else {
      items.push(token);
    }
  }
  if (open.length > 0) throw syntaxError(sql, undefined);
  statements.push({ items, to: sql.length });
  return statements.filter((statement) => statement.items.length > 0);
}

/** After a dot or AS any word is a name, CASE too. */
function isLabel(previous: PlainToken | undefined): boolean {
  return isSymbol(previous, '.') || isWord(previous, 'as');
}

function openingOf(token: PlainToken, previous: PlainToken | undefined): OpenGroup['text'] | null {
  if (isSymbol(token, '(')) return '(';
  if (isSymbol(token, '[')) return '[';
  return isWord(token, 'case') && !isLabel(previous) ? 'case' : null;
}

function closes(token: PlainToken, group: OpenGroup, previous: PlainToken | undefined): boolean {
  const closing = CLOSING[group.text]!;
  return group.text === 'case' ? isWord(token, closing) && !isLabel(previous) : isSymbol(token, closing);
}
