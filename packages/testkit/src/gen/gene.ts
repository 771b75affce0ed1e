import fc from 'fast-check';

/**
 * A genotype: a tree of naturals without any meaning of its own. Whoever resolves it takes numbers and subtrees as needed, modulo what there is to
 * choose from; what is missing counts as 0. So every tree means something, and every step of shrinking does too.
 */
export interface Gene {
  readonly picks: readonly number[];
  readonly parts: readonly Gene[];
}

const LEAF: Gene = Object.freeze({ picks: [], parts: [] });

/** Numbers and subtrees of one node. */
const PICKS = 8;
const PARTS_MIN = 2;
const PARTS_MAX = 5;
const DEPTH_MAX = 5;

/** Trees of naturals; fast-check shrinks them towards fewer nodes and zeros, the simplest choice everywhere. */
export const genes: fc.Arbitrary<Gene> = fc.letrec<{ gene: Gene }>((tie) => ({
  gene: fc.record({
    picks: fc.array(fc.nat({ max: 255 }), { minLength: PICKS, maxLength: PICKS }),
    parts: fc.oneof(
      { maxDepth: DEPTH_MAX, depthSize: 'max', withCrossShrink: true },
      { weight: 1, arbitrary: fc.constant<readonly Gene[]>([]) },
      { weight: 5, arbitrary: fc.array(tie('gene'), { minLength: PARTS_MIN, maxLength: PARTS_MAX, size: 'max' }) },
    ),
  }),
})).gene;

/** A genotype while it is read: each number and each subtree is taken once, in order. */
export interface Choices {
  /** The next number modulo `count`, 0 when there are no more. Law: 0 is the simplest choice. */
  pick(count: number): number;
  /** One of the list, which must not be empty. */
  oneOf<T>(list: readonly T[]): T;
  /** Whether the next number is one of the `times` in `of`; never for a missing one. */
  chance(times: number, of: number): boolean;
  /** The next subtree, to be read on its own; an empty one when there are no more. */
  part(): Choices;
}

/** Reads a genotype. */
export function readGene(gene: Gene): Choices {
  let pick = 0;
  let part = 0;
  const next = (): number => gene.picks[pick++] ?? 0;
  return {
    pick: (count) => next() % count,
    oneOf: (list) => list[next() % list.length] as (typeof list)[number],
    chance: (times, of) => next() % of >= of - times,
    part: () => readGene(gene.parts[part++] ?? LEAF),
  };
}
