import type { AstExpr, AstQuery } from '../ast.ts';
import type { Token } from './token.ts';

/** How strongly operators bind, weakest first: the order of PostgreSQL's grammar. */
export const LEVEL = {
  or: 1,
  and: 2,
  not: 3,
  is: 4,
  comparison: 5,
  match: 6,
  escape: 7,
  other: 8,
  sum: 9,
  product: 10,
  power: 11,
  timeZone: 12,
  collate: 13,
  sign: 14,
  subscript: 15,
  cast: 16,
} as const;

/** Operators between two operands that are more than a symbol. */
export type InfixKind =
  | 'symbol'
  | 'and'
  | 'or'
  | 'like'
  | 'similar'
  | 'escape'
  | 'between'
  | 'between-and'
  | 'distinct'
  | 'time-zone';

/** An operator before its operand: NOT, signs, and symbols such as `~`. */
export interface Prefix {
  readonly part: 'prefix';
  readonly op: string;
  readonly token: Token;
}

/** What stands between two operands. */
export interface Infix {
  readonly part: 'infix';
  readonly kind: InfixKind;
  readonly level: number;
  /** The operator's symbol; `~~` for LIKE, `!~` for NOT SIMILAR TO. */
  readonly op: string;
  readonly negated: boolean;
  readonly symmetric: boolean;
  readonly token: Token;
}

/** What follows its operand: a cast, IS NULL, IN (...), COLLATE, a subscript. */
export interface Postfix {
  readonly part: 'postfix';
  readonly level: number;
  /** A test (IS NULL, IN ...): nothing but AND and OR may follow it here. */
  readonly isTest: boolean;
  readonly apply: (operand: AstExpr) => AstExpr;
  readonly token: Token;
}

/** An operand; `quantified` for ANY (...) and ALL (...), which only follow an operator. */
export interface Operand {
  readonly part: 'operand';
  readonly expr: AstExpr;
  readonly quantified: Quantified | null;
}

/** The right side of `x = ANY (...)`. */
export interface Quantified {
  readonly quantifier: 'any' | 'all';
  readonly query: AstQuery | null;
  readonly expr: AstExpr | null;
  readonly token: Token;
}

/** An expression as it is written: what is in parentheses is one operand. */
export type ChainPart = Prefix | Infix | Postfix | Operand;
