import {
  assert,
  type ColumnVector,
  compareBytes,
  compareNumeric,
  compareValues,
  type DataType,
  flattenVector,
  isNullAt,
  isTextLike,
  layoutOf,
  type Numeric,
  parseNumeric,
  type Value,
  valueAt,
  vectorFromValues,
} from '@millrace/core';
import type { Accumulator, AggregateCall } from './definition.ts';
import { grown } from './group-arrays.ts';

/** The best value so far per group, in the form that compares fastest. */
interface Best {
  readonly byteLength: number;
  resize(groupCount: number): void;
  /** Takes the non-null value of row i when it is the group's first or not worse than the best: of equal values the last counts, as in PostgreSQL. */
  offer(group: number, i: number): void;
  /** The vector that the next offers come from. */
  from(vector: ColumnVector): void;
  value(group: number): Value;
}

/** min and max of every ordered type: NaN is greatest, text by bytes; NULL for no values. */
export class ExtremeAccumulator implements Accumulator {
  readonly #call: AggregateCall;
  readonly #best: Best;
  #hasValue: Uint8Array = new Uint8Array(0);

  constructor(call: AggregateCall, isMax: boolean) {
    this.#call = call;
    this.#best = bestOf(call.argTypes[0] as DataType, isMax ? -1 : 1);
  }

  get byteLength(): number {
    return this.#hasValue.length + this.#best.byteLength;
  }

  resize(groupCount: number): void {
    this.#hasValue = grown(this.#hasValue, groupCount);
    this.#best.resize(groupCount);
  }

  update(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number, from = 0): void {
    const vector = flattenVector(args[0] as ColumnVector);
    this.#best.from(vector);
    for (let i = from; i < rowCount; i++) {
      if (isNullAt(vector, i)) continue;
      const group = groupIds[i] as number;
      this.#hasValue[group] = 1;
      this.#best.offer(group, i);
    }
  }

  value(group: number): Value {
    return this.#hasValue[group] === 1 ? this.#best.value(group) : null;
  }

  finish(groupCount: number): ColumnVector {
    const values: Value[] = [];
    for (let group = 0; group < groupCount; group++) {
      values.push(this.value(group));
    }
    return vectorFromValues(this.#call.returns, values);
  }
}

/** `sign` is 1 for the smallest and -1 for the greatest. */
function bestOf(type: DataType, sign: 1 | -1): Best {
  switch (layoutOf(type)) {
    case 'int16':
    case 'int32':
    case 'uint32':
    case 'float32':
    case 'float64':
      return bestNumber(sign);
    case 'int64':
      return bestInt64(sign);
    default:
      if ((isTextLike(type) && type.kind !== 'bpchar') || type.kind === 'bytea') return bestBytes(type, sign);
      if (type.kind === 'numeric') return bestNumeric(sign);
      return bestValue(type, sign);
  }
}

function bestNumber(sign: 1 | -1): Best {
  let best = new Float64Array(0);
  let seen = new Uint8Array(0);
  let values: ArrayLike<number> = best;
  const isBetter = (a: number, b: number): boolean =>
    Number.isNaN(a) ? sign === -1 || Number.isNaN(b) : Number.isNaN(b) ? sign === 1 : sign === 1 ? a <= b : a >= b;
  return {
    get byteLength(): number {
      return best.length * 9;
    },
    resize(groupCount: number): void {
      best = grown(best, groupCount);
      seen = grown(seen, groupCount);
    },
    from(vector: ColumnVector): void {
      assert(vector.kind === 'fixed' && !(vector.values instanceof BigInt64Array), 'a number has a fixed width');
      values = vector.values;
    },
    offer(group: number, i: number): void {
      const value = values[i] as number;
      if (seen[group] === 1 && !isBetter(value, best[group] as number)) return;
      seen[group] = 1;
      best[group] = value;
    },
    value: (group: number) => best[group] as number,
  };
}

function bestInt64(sign: 1 | -1): Best {
  let high = new Int32Array(0);
  let low = new Int32Array(0);
  let seen = new Uint8Array(0);
  let halves: Int32Array = high;
  const compare = (group: number, h: number, l: number): number =>
    h !== (high[group] as number) ? h - (high[group] as number) : (l >>> 0) - ((low[group] as number) >>> 0);
  return {
    get byteLength(): number {
      return high.length * 9;
    },
    resize(groupCount: number): void {
      high = grown(high, groupCount);
      low = grown(low, groupCount);
      seen = grown(seen, groupCount);
    },
    from(vector: ColumnVector): void {
      assert(vector.kind === 'fixed' && vector.values instanceof BigInt64Array, 'an int64 has 64 bits');
      halves = new Int32Array(vector.values.buffer, vector.values.byteOffset, vector.length * 2);
    },
    offer(group: number, i: number): void {
      const h = halves[i * 2 + 1] as number;
      const l = halves[i * 2] as number;
      if (seen[group] === 1 && sign * compare(group, h, l) > 0) return;
      seen[group] = 1;
      high[group] = h;
      low[group] = l;
    },
    value: (group: number) => (BigInt(high[group] as number) << 32n) | BigInt((low[group] as number) >>> 0),
  };
}

function bestBytes(type: DataType, sign: 1 | -1): Best {
  const best: (Uint8Array | undefined)[] = [];
  let bytes = 0;
  let data = new Uint8Array(0);
  let offsets = new Int32Array(1);
  const decoder = new TextDecoder();
  return {
    get byteLength(): number {
      return bytes + best.length * 64;
    },
    resize(): void {},
    from(vector: ColumnVector): void {
      assert(vector.kind === 'bytes', 'text is bytes');
      data = vector.data as Uint8Array<ArrayBuffer>;
      offsets = vector.offsets as Int32Array<ArrayBuffer>;
    },
    offer(group: number, i: number): void {
      const start = offsets[i] as number;
      const end = offsets[i + 1] as number;
      const known = best[group];
      if (known !== undefined && sign * compareBytes(data, start, end, known, 0, known.length) >= 0) return;
      bytes += end - start - (known?.length ?? 0);
      best[group] = data.slice(start, end);
    },
    value(group: number): Value {
      const known = best[group] as Uint8Array;
      return type.kind === 'bytea' ? known : decoder.decode(known);
    },
  };
}

function bestNumeric(sign: 1 | -1): Best {
  const best: ({ readonly text: string; readonly parsed: Numeric } | undefined)[] = [];
  let current: ColumnVector | null = null;
  return {
    get byteLength(): number {
      return best.length * 128;
    },
    resize(): void {},
    from(vector: ColumnVector): void {
      current = vector;
    },
    offer(group: number, i: number): void {
      const text = valueAt(current as ColumnVector, i) as string;
      const parsed = parseNumeric(text);
      const known = best[group];
      if (known === undefined || sign * compareNumeric(parsed, known.parsed) <= 0) best[group] = { text, parsed };
    },
    value: (group: number) => best[group]?.text ?? null,
  };
}

function bestValue(type: DataType, sign: 1 | -1): Best {
  const best: (Value | undefined)[] = [];
  let current: ColumnVector | null = null;
  return {
    get byteLength(): number {
      return best.length * 128;
    },
    resize(): void {},
    from(vector: ColumnVector): void {
      current = vector;
    },
    offer(group: number, i: number): void {
      const value = valueAt(current as ColumnVector, i);
      const known = best[group];
      if (known === undefined || sign * compareValues(type, value, known) <= 0) best[group] = value;
    },
    value: (group: number) => best[group] ?? null,
  };
}
