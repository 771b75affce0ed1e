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
const PARTS_MAX = 4;
const DEPTH_MAX = 3;

/** Trees of naturals; they shrink to one of their subtrees, to fewer subtrees, and to zeros, the simplest choice everywhere. */
class GeneArbitrary extends fc.Arbitrary<Gene> {
  override generate(random: fc.Random): fc.Value<Gene> {
    return new fc.Value(grow(numbersFrom(random), DEPTH_MAX), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Gene {
    return typeof value === 'object' && value !== null && 'picks' in value && 'parts' in value;
  }

  override shrink(gene: Gene): fc.Stream<fc.Value<Gene>> {
    return fc.stream(smallerGenes(gene)).map((smaller) => new fc.Value(smaller, undefined));
  }
}

/** Genotypes. They are made and shrunk by hand, which takes a tenth of the time that composed arbitraries take. */
export const genes: fc.Arbitrary<Gene> = new GeneArbitrary();

/** A fast source of numbers below 2^32 that starts from one number of fast-check's. */
export function numbersFrom(random: fc.Random): () => number {
  let state = random.nextInt(-0x8000_0000, 0x7fff_ffff);
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), state | 1);
    const again = mixed ^ (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61));
    return (again ^ (again >>> 14)) >>> 0;
  };
}

function grow(next: () => number, depth: number): Gene {
  const picks = Array.from({ length: PICKS }, () => next() & 255);
  const count = depth === 0 || next() % 6 === 0 ? 0 : 1 + (next() % PARTS_MAX);
  return { picks, parts: Array.from({ length: count }, () => grow(next, depth - 1)) };
}

/** Law: each has fewer nodes, or as many and smaller numbers, so shrinking ends. */
function* smallerGenes(gene: Gene): Generator<Gene, void, undefined> {
  const { picks, parts } = gene;
  yield* parts;
  if (parts.length > 0) yield { picks, parts: [] };
  if (picks.some((pick) => pick > 0)) yield { picks: picks.map(() => 0), parts };
  if (parts.length > 1) for (const index of parts.keys()) yield { picks, parts: parts.filter((_, at) => at !== index) };
  for (const [index, part] of parts.entries()) {
    for (const smaller of smallerGenes(part)) yield { picks, parts: parts.with(index, smaller) };
  }
  for (const [index, pick] of picks.entries()) {
    if (pick > 0) yield { picks: picks.with(index, 0), parts };
    if (pick > 1) yield { picks: picks.with(index, pick >> 1), parts };
    if (pick > 3) yield { picks: picks.with(index, pick - 1), parts };
  }
}

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
