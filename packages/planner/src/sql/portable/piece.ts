import type { AstExpr, AstFrom, AstNamedWindow, AstQuery, AstSortKey, AstWindow } from '../ast.ts';
import type { Infix, Operand, Postfix, Prefix } from './operator-chain.ts';
import type { GroupToken, Token } from './token.ts';

interface Common {
  /** What the parser is shown. */
  readonly text: string;
  readonly token: Token;
  /** Operators that are not shown. */
  readonly before: readonly Prefix[];
  readonly after: Postfix[];
}

/** How a join was written; null for the comma between two items of FROM, which the parser is shown as a join too. */
export interface JoinWords {
  readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross';
  readonly natural: boolean;
}

/** A piece of masked text and what it stands for. */
export type Piece = Common &
  (
    | { readonly kind: 'word'; readonly word: string }
    /** SELECT; `distinct` holds the items of DISTINCT ON, none for DISTINCT, null without; `windows` is its WINDOW clause. Neither is shown. */
    | { readonly kind: 'select'; readonly distinct: readonly Token[] | null; windows: readonly AstNamedWindow[] }
    /** A name of a column, function or label. */
    | { readonly kind: 'name'; readonly name: string }
    /** An operand that has been read already. */
    | { readonly kind: 'operand'; readonly operand: Operand }
    /** The inside of a call's parentheses, and its FILTER. */
    | {
        readonly kind: 'arguments';
        readonly group: GroupToken;
        readonly filter: readonly Token[] | null;
        readonly over: AstWindow | null;
      }
    /** An item of FROM that has been read already, shown as a table. */
    | { readonly kind: 'relation'; readonly relation: AstFrom }
    /** A query in parentheses or a VALUES list, shown as `SELECT v0`. */
    | { readonly kind: 'query'; readonly query: AstQuery; readonly isValues: boolean }
    /** ORDER BY, shown as `ORDER BY v0`. */
    | { readonly kind: 'sort'; readonly keys: readonly AstSortKey[] }
    /** LIMIT or OFFSET, shown with the number 0. */
    | { readonly kind: 'limit'; readonly word: 'limit' | 'offset'; readonly expr: AstExpr }
    /** Shown as UNION, whichever it is. */
    | { readonly kind: 'set-operation'; readonly op: 'union' | 'intersect' | 'except'; readonly all: boolean }
    | { readonly kind: 'infix'; readonly infix: Infix }
    | { readonly kind: 'join'; readonly join: JoinWords | null }
    | { readonly kind: 'using'; readonly names: readonly string[] }
    | { readonly kind: 'symbol'; readonly symbol: string }
  );

type WithoutCommon<P> = P extends Piece ? Omit<P, keyof Common> : never;
/** A piece without what `push` adds. */
export type PieceBody = WithoutCommon<Piece>;
