import { describe, expect, it } from 'vitest';
import { allRows, firstMatchPairs } from './first-match.ts';

/** The pairs in order; `matches` decides which of them settles its left row. */
function tried(
  counts: readonly [left: number, right: number],
  limit: number,
  matches: (left: number, right: number) => boolean,
): string[][] {
  const matched = new Set<number>();
  const rounds: string[][] = [];
  for (const [lefts, rights] of firstMatchPairs(allRows(counts[1]), counts[0], limit, (row) => matched.has(row))) {
    rounds.push(Array.from(lefts, (left, i) => `${left}-${rights[i]}`));
    for (const [i, left] of lefts.entries()) if (matches(left, rights[i] as number)) matched.add(left);
  }
  return rounds;
}

describe('firstMatchPairs', () => {
  it('tries every pair of a row that matches nothing, once', () => {
    expect(tried([2, 3], 2, () => false).flat()).toEqual(['0-0', '1-0', '0-1', '1-1', '0-2', '1-2']);
    expect(tried([2, 3], 1, () => false).flat()).toEqual(['0-0', '1-0', '0-1', '1-1', '0-2', '1-2']);
    expect(tried([0, 3], 4, () => false)).toEqual([]);
    expect(tried([3, 0], 4, () => false)).toEqual([]);
  });

  it('leaves a row alone when it has matched', () => {
    const rounds = tried([3, 4], 3, (left, right) => left === right);
    expect(rounds).toEqual([
      ['0-0', '1-0', '2-0'],
      ['1-1', '2-1'],
      ['2-2', '2-3'],
    ]);
  });

  it('gives the last open rows more candidates at once', () => {
    const rounds = tried([4, 9], 4, (left, right) => left > 0 && right === 0);
    expect(rounds.map((round) => round.length)).toEqual([4, 4, 4]);
  });
});
