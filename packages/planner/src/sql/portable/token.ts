/** A token of SQL text. `at` counts characters of the whole text from 0; `start` and `end` are UTF-16 offsets. */
export interface PlainToken {
  readonly kind: 'word' | 'quoted' | 'number' | 'string' | 'bits' | 'parameter' | 'operator' | 'punctuation';
  /** word: folded to lower case; quoted and string: unescaped; number: canonical digits; operator and punctuation: the symbol. */
  readonly text: string;
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

/** What stands between a pair of parentheses or brackets, or between CASE and END: one unit for whoever reads the level around it. */
export interface GroupToken {
  readonly kind: 'group';
  readonly text: '(' | '[' | 'case';
  readonly items: readonly Token[];
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

/** A token, or a group of them. */
export type Token = PlainToken | GroupToken;

/** Whether a token is this unquoted word. */
export function isWord(
  token: Token | undefined,
  ...texts: readonly string[]
): token is PlainToken & { readonly kind: 'word' } {
  return token !== undefined && token.kind === 'word' && texts.includes(token.text);
}

/** Whether a token is this symbol: an operator or a punctuation mark. */
export function isSymbol(
  token: Token | undefined,
  ...texts: readonly string[]
): token is PlainToken & { readonly kind: 'operator' | 'punctuation' } {
  return (
    token !== undefined && (token.kind === 'operator' || token.kind === 'punctuation') && texts.includes(token.text)
  );
}

/** Whether a token is a group in parentheses. */
export function isParenthesis(token: Token | undefined): token is GroupToken & { readonly text: '(' } {
  return token !== undefined && token.kind === 'group' && token.text === '(';
}

/** The parts between top-level commas; none for an empty list. */
export function splitAtCommas(items: readonly Token[]): readonly (readonly Token[])[] {
  if (items.length === 0) return [];
  const parts: Token[][] = [[]];
  for (const token of items) {
    if (isSymbol(token, ',')) parts.push([]);
    else parts[parts.length - 1]!.push(token);
  }
  return parts;
}
