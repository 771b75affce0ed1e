import { isTextLike, sameType } from '@millrace/core';
import { BytesTable } from './bytes-table.ts';
import { Int32Table, isInt32Type } from './int32-table.ts';
import type { KeySpec, KeyTable } from './key-table.ts';
import { isWordType } from './word-encoding.ts';
import { WordTable } from './word-table.ts';

/** A hash as it is. */
const ALL_BITS = -1;

/**
 * A single integer has a table of its own; other keys of fixed width are compared as machine words, the rest as encoded bytes. Of a key's hash
 * only the bits in `hashMask` count.
 */
export function createKeyTable(specs: readonly KeySpec[], hashMask: number = ALL_BITS): KeyTable {
  const [only] = specs;
  if (only !== undefined && specs.length === 1 && isInt32Type(only.type) && areSame(only))
    return new Int32Table(only, hashMask);
  const areWords = specs.every((spec) => isWordType(spec.type) && areSame(spec));
  return areWords ? new WordTable(specs, hashMask) : new BytesTable(specs, hashMask);
}

function areSame(spec: KeySpec): boolean {
  const { type, otherType } = spec;
  return otherType === undefined || sameType(type, otherType) || (isTextLike(type) && isTextLike(otherType));
}
