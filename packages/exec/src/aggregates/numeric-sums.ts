import {
  assert,
  type BytesVector,
  type ColumnVector,
  type Fixed16Vector,
  type FixedVector,
  flattenVector,
  isNullAt,
  makeNumeric,
  NUMERIC_INFINITY,
  NUMERIC_MINUS_INFINITY,
  NUMERIC_NAN,
  type Numeric,
  parseNumeric,
  pow10,
  readDecimal128,
  readDecimal128Safe,
  utf8ToString,
} from '@millrace/core';
import { ExactSums } from './exact-sums.ts';
import { grown } from './group-arrays.ts';

const MINUS = 45;
const POINT = 46;
const ZERO = 48;

const HAS_NAN = 1;
const HAS_PLUS = 2;
const HAS_MINUS = 4;

/** Rows of a vector. */
interface RowSpan {
  readonly from: number;
  readonly to: number;
}

/** Exact sums of integers and numerics per group, with PostgreSQL's display scale (the largest of the terms) and special values. */
export class NumericSums {
  readonly #sums: ExactSums = new ExactSums();
  #scales: Int32Array = new Int32Array(0);
  #specials: Uint8Array = new Uint8Array(0);
  #counts: Float64Array = new Float64Array(0);

  get byteLength(): number {
    return this.#sums.byteLength + this.#scales.length * 4 + this.#specials.length + this.#counts.length * 8;
  }

  resize(groupCount: number): void {
    this.#sums.resize(groupCount);
    this.#scales = grown(this.#scales, groupCount);
    this.#specials = grown(this.#specials, groupCount);
    this.#counts = grown(this.#counts, groupCount);
  }

  /** How many values the group has. */
  count(group: number): number {
    return this.#counts[group] as number;
  }

  /** Adds a vector of int2, int4, int8 or numeric; NULLs are skipped. */
  update(groupIds: Int32Array, input: ColumnVector, rows: RowSpan): void {
    const vector = flattenVector(input);
    if (vector.kind === 'fixed') this.#addIntegers(groupIds, vector, rows);
    else if (vector.kind === 'fixed16') this.#addDecimals(groupIds, vector, rows);
    else {
      assert(vector.kind === 'bytes', `${vector.type.kind} is not a number`);
      this.#addTexts(groupIds, vector, rows);
    }
  }

  /** Takes integers out that were added. */
  removeIntegers(groupIds: Int32Array, input: ColumnVector, { from, to }: RowSpan): void {
    const vector = flattenVector(input);
    assert(vector.kind === 'fixed', 'integers have a fixed width');
    for (let i = from; i < to; i++) {
      if (isNullAt(vector, i)) continue;
      const group = groupIds[i] as number;
      const value = vector.values[i] as number | bigint;
      this.#counts[group]! -= 1;
      if (typeof value === 'number') this.#sums.addNumber(group, -value);
      else this.#sums.addBigInt(group, -value);
    }
  }

  /** The sum; 0 for no values. */
  total(group: number): Numeric {
    const special = this.#specials[group] as number;
    if (special === 0) return makeNumeric(this.#sums.total(group), this.#scales[group] as number);
    if (special === HAS_PLUS) return NUMERIC_INFINITY;
    return special === HAS_MINUS ? NUMERIC_MINUS_INFINITY : NUMERIC_NAN;
  }

  /** Adds one value. */
  add(group: number, value: Numeric): void {
    this.#counts[group]! += 1;
    if (value.special !== null) {
      this.#specials[group]! |= value.special === 'NaN' ? HAS_NAN : value.special === 'Infinity' ? HAS_PLUS : HAS_MINUS;
      return;
    }
    const shift = this.#shiftTo(group, value.scale);
    this.#sums.addBigInt(group, shift === 0 ? value.coefficient : value.coefficient * pow10(shift));
  }

  #addIntegers(groupIds: Int32Array, vector: FixedVector, { from, to }: RowSpan): void {
    const { values } = vector;
    if (!(values instanceof BigInt64Array)) {
      for (let i = from; i < to; i++) {
        if (isNullAt(vector, i)) continue;
        const group = groupIds[i] as number;
        this.#counts[group]! += 1;
        this.#sums.addNumber(group, values[i] as number);
      }
      return;
    }
    const halves = new Int32Array(values.buffer, values.byteOffset, to * 2);
    for (let i = from; i < to; i++) {
      if (isNullAt(vector, i)) continue;
      const group = groupIds[i] as number;
      this.#counts[group]! += 1;
      const high = halves[i * 2 + 1] as number;
      if (high < 0x40000 && high >= -0x40000)
        this.#sums.addNumber(group, high * 2 ** 32 + ((halves[i * 2] as number) >>> 0));
      else this.#sums.addBigInt(group, values[i] as bigint);
    }
  }

  #addDecimals(groupIds: Int32Array, vector: Fixed16Vector, { from, to }: RowSpan): void {
    const scale = vector.type.kind === 'numeric' ? (vector.type.scale ?? 0) : 0;
    for (let i = from; i < to; i++) {
      if (isNullAt(vector, i)) continue;
      const group = groupIds[i] as number;
      this.#counts[group]! += 1;
      const shift = this.#shiftTo(group, scale);
      const safe = readDecimal128Safe(vector.values, i);
      if (shift === 0 && !Number.isNaN(safe)) this.#sums.addNumber(group, safe);
      else this.#sums.addBigInt(group, readDecimal128(vector.values, i) * pow10(shift));
    }
  }

  #addTexts(groupIds: Int32Array, vector: BytesVector, { from, to }: RowSpan): void {
    const { data, offsets } = vector;
    for (let i = from; i < to; i++) {
      if (isNullAt(vector, i)) continue;
      const group = groupIds[i] as number;
      const start = offsets[i] as number;
      const end = offsets[i + 1] as number;
      if (!this.#addShort(group, data, start, end)) this.add(group, parseNumeric(utf8ToString(data, start, end)));
    }
  }

  /** Adds a numeric whose digits fit a double, without making a string or a bigint; false if it is no such. */
  #addShort(group: number, data: Uint8Array, start: number, end: number): boolean {
    const isNegative = data[start] === MINUS;
    const first = isNegative ? start + 1 : start;
    if (end - first > 15) return false;
    let coefficient = 0;
    let scale = 0;
    let point = -1;
    for (let i = first; i < end; i++) {
      const digit = (data[i] as number) - ZERO;
      if (digit >= 0 && digit <= 9) coefficient = coefficient * 10 + digit;
      else if (data[i] === POINT && point < 0) point = i;
      else return false;
    }
    if (point >= 0) scale = end - point - 1;
    if (scale < (this.#scales[group] as number)) return false;
    this.#shiftTo(group, scale);
    this.#counts[group]! += 1;
    this.#sums.addNumber(group, isNegative ? -coefficient : coefficient);
    return true;
  }

  /** Gives the group at least this scale; returns by how many digits a term of it must be shifted. */
  #shiftTo(group: number, scale: number): number {
    const current = this.#scales[group] as number;
    if (scale > current) {
      this.#sums.scaleBy(group, pow10(scale - current));
      this.#scales[group] = scale;
      return 0;
    }
    return current - scale;
  }
}
