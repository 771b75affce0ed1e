import fc from 'fast-check';

/**
 * A genotype: a tree of naturals without any meaning of its own. Whoever resolves it takes numbers and subtrees as needed, modulo what there is to
 * choose from. So every tree means something, and every step of shrinking does too.
 */
export interface Gene {
  readonly picks: readonly number[];
  readonly parts: readonly Gene[];
}

/** Numbers and subtrees of one node. */
const PICKS = 8;
const PARTS_MIN = 1;
const PARTS_MAX = 4;
const DEPTH_MAX = 3;

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

/** A genotype while it is read: numbers and subtrees are taken in order. */
export interface Choices {
  /** The next number modulo `count`. Law: 0 is the simplest choice. */
  pick(count: number): number;
  /** One of the list, which must not be empty. */
  oneOf<T>(list: readonly T[]): T;
  /** Whether the next number is one of the `times` in `of`; never for 0. */
  chance(times: number, of: number): boolean;
  /** The next subtree, to be read on its own. */
  part(): Choices;
}

/**
 * Reads a genotype. It never ends: when its numbers or subtrees are used up they are read again, scrambled by `salt`, so that a small tree stands
 * for a rich plan. A 0 stays 0, so that shrinking still arrives at the simplest one.
 */
export function readGene(gene: Gene, salt = 0): Choices {
  const { picks, parts } = gene;
  let pick = 0;
  let part = 0;
  const next = (): number => {
    const lap = picks.length === 0 ? 0 : Math.floor(pick / picks.length);
    return scramble(picks[pick++ % picks.length] ?? 0, salt + lap);
  };
  return {
    pick: (count) => next() % count,
    oneOf: (list) => list[next() % list.length] as (typeof list)[number],
    chance: (times, of) => next() % of >= of - times,
    part() {
      const lap = parts.length === 0 ? ++part : Math.floor(part / parts.length);
      return readGene(parts.length === 0 ? gene : (parts[part++ % parts.length] ?? gene), salt + 31 * lap);
    },
  };
}

/** Another number below 65536 for each salt; 0 for 0, and the number itself without salt. */
function scramble(value: number, salt: number): number {
  return value === 0 || salt === 0 ? value : Math.imul(value + Math.imul(salt, 0x9e37_79b1), 0x85eb_ca6b) >>> 16;
}
