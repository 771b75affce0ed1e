/** For each row of a left batch, the right rows that it may match. */
export interface CandidateRows {
  count(leftRow: number): number;
  /** Candidate `k` of the row, from 0. */
  at(leftRow: number, k: number): number;
}

/** Every right row may match every left one. */
export function allRows(rightCount: number): CandidateRows {
  return { count: () => rightCount, at: (_, k) => k };
}

/**
 * Candidate pairs for semi and anti joins, where one match settles a left row: in rounds, each of which gives every open row its next few candidates and then
 * asks which rows have matched. About `limit` pairs a round, so that many open rows try one candidate each, and the last open row tries `limit` at once.
 */
export function* firstMatchPairs(
  candidates: CandidateRows,
  leftCount: number,
  limit: number,
  isMatched: (leftRow: number) => boolean,
): Generator<readonly [Int32Array, Int32Array], void, void> {
  const tried = new Int32Array(leftCount);
  const isOpen = (row: number): boolean => (tried[row] as number) < candidates.count(row) && !isMatched(row);
  let open = Array.from({ length: leftCount }, (_, row) => row).filter(isOpen);
  while (open.length > 0) {
    const perRow = Math.max(1, Math.floor(limit / open.length));
    let leftRows = new Int32Array(limit);
    let rightRows = new Int32Array(limit);
    let count = 0;
    for (const row of open) {
      const end = Math.min(candidates.count(row), (tried[row] as number) + perRow);
      for (let k = tried[row] as number; k < end; k++) {
        leftRows[count] = row;
        rightRows[count++] = candidates.at(row, k);
        if (count < limit) continue;
        yield [leftRows, rightRows];
        leftRows = new Int32Array(limit);
        rightRows = new Int32Array(limit);
        count = 0;
      }
      tried[row] = end;
    }
    if (count > 0) yield [leftRows.subarray(0, count), rightRows.subarray(0, count)];
    open = open.filter(isOpen);
  }
}
