import type { AstExpr } from '../sql/ast.ts';

type Narrow<Node, K> = Node extends { readonly kind: infer Kinds }
  ? K extends Kinds
    ? Node & { readonly kind: K }
    : never
  : never;

/** The syntax node of a kind, also of kinds that share one shape (`scalar-subquery`, `exists` ...). */
export type AstOf<K extends AstExpr['kind']> = K extends unknown ? Narrow<AstExpr, K> : never;
