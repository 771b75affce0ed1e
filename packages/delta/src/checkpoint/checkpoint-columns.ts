import { bitmapBytes, setBit } from '@millrace/core';
import type { ArrowNode, ArrowType } from '@millrace/core/arrow';

/** How a checkpoint's column is nested: which struct member has which type. Everything is nullable; map keys are not. */
export type ColumnShape =
  | 'string'
  | 'long'
  | 'int'
  | 'bool'
  | 'strings'
  | 'string-map'
  | { readonly [member: string]: ColumnShape };

type Cell = unknown;
const ENCODER = new TextEncoder();

/** Builds the column from one value a row; null and undefined are NULL. Longs are numbers or bigints. */
export function buildColumn(name: string, shape: ColumnShape, cells: readonly Cell[]): ArrowNode {
  const isNullable = true;
  const base = { name, isNullable, length: cells.length, validity: validityOf(cells) };
  switch (shape) {
    case 'string':
      return { ...base, type: { kind: 'utf8' }, ...textParts(cells) };
    case 'long':
      return {
        ...base,
        type: int(64),
        values: BigInt64Array.from(cells, (cell) => BigInt((cell as number | bigint) ?? 0)),
      };
    case 'int':
      return { ...base, type: int(32), values: Int32Array.from(cells, (cell) => Number(cell ?? 0)) };
    case 'bool':
      return { ...base, type: { kind: 'bool' }, values: bitsOf(cells, (cell) => cell === true) };
    case 'strings': {
      const lists = cells as readonly (readonly string[] | null | undefined)[];
      const child = buildColumn(
        'element',
        'string',
        lists.flatMap((list) => list ?? []),
      );
      return {
        ...base,
        type: { kind: 'list' },
        offsets: offsetsOf(lists.map((list) => list?.length ?? 0)),
        children: [child],
      };
    }
    case 'string-map':
      return {
        ...base,
        type: { kind: 'map' },
        ...mapParts(cells as readonly (Record<string, string | null> | null | undefined)[]),
      };
    default: {
      const rows = cells as readonly (Record<string, Cell> | null | undefined)[];
      const children = Object.entries(shape).map(([member, inner]) =>
        buildColumn(
          member,
          inner,
          rows.map((row) => row?.[member]),
        ),
      );
      return { ...base, type: { kind: 'struct' }, children };
    }
  }
}

function int(bits: 32 | 64): ArrowType {
  return { kind: 'int', bits, isSigned: true };
}

function mapParts(
  maps: readonly (Record<string, string | null> | null | undefined)[],
): Pick<ArrowNode, 'offsets' | 'children'> {
  const entries = maps.map((map) => Object.entries(map ?? {}));
  const flat = entries.flat();
  const key = {
    ...buildColumn(
      'key',
      'string',
      flat.map((entry) => entry[0]),
    ),
    isNullable: false,
  };
  const value = buildColumn(
    'value',
    'string',
    flat.map((entry) => entry[1]),
  );
  const pairs: ArrowNode = {
    name: 'key_value',
    type: { kind: 'struct' },
    isNullable: false,
    length: flat.length,
    validity: null,
    children: [key, value],
  };
  return { offsets: offsetsOf(entries.map((list) => list.length)), children: [pairs] };
}

function textParts(cells: readonly Cell[]): { readonly offsets: Int32Array; readonly values: Uint8Array } {
  const offsets = new Int32Array(cells.length + 1);
  let values = new Uint8Array(Math.max(64, cells.length * 32));
  let at = 0;
  for (const [i, cell] of cells.entries()) {
    const text = typeof cell === 'string' ? cell : '';
    // A UTF-16 unit is at most 3 bytes.
    if (at + text.length * 3 > values.length) {
      const grown = new Uint8Array(Math.max(values.length * 2, at + text.length * 3));
      grown.set(values.subarray(0, at));
      values = grown;
    }
    at += ENCODER.encodeInto(text, values.subarray(at)).written;
    offsets[i + 1] = at;
  }
  return { offsets, values: values.subarray(0, at) };
}

function offsetsOf(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1);
  for (const [i, length] of lengths.entries()) offsets[i + 1] = offsets[i]! + length;
  return offsets;
}

function validityOf(cells: readonly Cell[]): Uint8Array | null {
  return cells.some((cell) => cell === null || cell === undefined) ? bitsOf(cells, (cell) => cell != null) : null;
}

function bitsOf(cells: readonly Cell[], isSet: (cell: Cell) => boolean): Uint8Array {
  const bits = new Uint8Array(bitmapBytes(cells.length));
  for (const [i, cell] of cells.entries()) if (isSet(cell)) setBit(bits, i);
  return bits;
}
