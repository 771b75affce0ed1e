import { grown } from './group-arrays.ts';

/** Terms below 2^51 and sums below 2^52 add without rounding. */
const TERM_MAX = 2 ** 51;
const SUM_MAX = 2 ** 52;

/** Exact integer sums per group: doubles while they are exact, carried over to bigint before they are not. */
export class ExactSums {
  #low: Float64Array = new Float64Array(0);
  #high: (bigint | undefined)[] = [];
  #carried = 0;

  get byteLength(): number {
    return this.#low.length * 8 + this.#high.length * 8 + this.#carried * 32;
  }

  resize(groupCount: number): void {
    this.#low = grown(this.#low, groupCount);
  }

  /** Adds an integer that a double holds exactly. */
  addNumber(group: number, term: number): void {
    if (term > TERM_MAX || term < -TERM_MAX) {
      this.addBigInt(group, BigInt(term));
      return;
    }
    const sum = (this.#low[group] as number) + term;
    this.#low[group] = sum;
    if (sum > SUM_MAX || sum < -SUM_MAX) {
      this.#low[group] = 0;
      this.addBigInt(group, BigInt(sum));
    }
  }

  addBigInt(group: number, term: bigint): void {
    const before = this.#high[group];
    if (before === undefined) this.#carried++;
    this.#high[group] = (before ?? 0n) + term;
  }

  total(group: number): bigint {
    return BigInt(this.#low[group] as number) + (this.#high[group] ?? 0n);
  }

  /** Multiplies a group's sum: its terms get a larger scale. */
  scaleBy(group: number, factor: bigint): void {
    const total = this.total(group);
    this.#low[group] = 0;
    if (total === 0n && this.#high[group] === undefined) return;
    if (this.#high[group] === undefined) this.#carried++;
    this.#high[group] = total * factor;
  }
}
