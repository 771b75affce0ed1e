import { failure, getBit } from '@millrace/core';
import { type ArrowNode, decodeArrowTree } from '@millrace/core/arrow';
import { readParquet } from 'parquet-wasm';
import type { Action } from '../log/actions.ts';
import type { ExactJson, JsonObject } from '../log/exact-json.ts';
import { toAdd, toDomainMetadata, toMetaData, toProtocol, toRemove, toTxn } from '../log/parse-commit.ts';

const READERS: Readonly<Record<string, (row: JsonObject) => Action>> = {
  protocol: (row) => ({ kind: 'protocol', protocol: toProtocol(row) }),
  metaData: (row) => ({ kind: 'metaData', metaData: toMetaData(row) }),
  txn: (row) => ({ kind: 'txn', txn: toTxn(row) }),
  domainMetadata: (row) => ({ kind: 'domainMetadata', domainMetadata: toDomainMetadata(row) }),
  add: (row) => ({ kind: 'add', add: toAdd(row) }),
  remove: (row) => ({ kind: 'remove', remove: toRemove(row) }),
};
/** Structs that repeat what the JSON text has; not read. */
const UNREAD = new Set(['stats_parsed', 'partitionValues_parsed']);
const BATCH_ROWS = 65_536;

/**
 * The actions of a checkpoint file ("Checkpoints", classic naming): each row has one action as a struct. Columns that we do not know are
 * ignored. 0A000 for sidecars (v2 checkpoints), whatever the file is called.
 */
export function decodeCheckpoint(bytes: Uint8Array): Action[] {
  const actions: Action[] = [];
  for (const tree of decodeArrowTree(readParquet(bytes, { batchSize: BATCH_ROWS }).intoIPCStream())) {
    for (const column of tree.columns) {
      const read = READERS[column.name];
      if (column.type.kind !== 'struct') continue;
      if (column.name === 'sidecar' && rowsOf(column).next().done !== true) {
        throw failure('notSupported', { feature: 'Delta reader feature "v2Checkpoint"' });
      }
      if (read === undefined) continue;
      const decode = structReader(column);
      for (const row of rowsOf(column)) actions.push(read(decode(row)));
    }
  }
  return actions;
}

function* rowsOf(node: ArrowNode): Generator<number, void, void> {
  for (let i = 0; i < node.length; i++) if (node.validity === null || getBit(node.validity, i)) yield i;
}

type Reader = (row: number) => ExactJson;
const DECODER = new TextDecoder();

function structReader(node: ArrowNode): (row: number) => JsonObject {
  const members = node
    .children!.filter((child) => !UNREAD.has(child.name))
    .map((child) => [child.name, readerOf(child)] as const);
  return (row) => {
    const object: Record<string, ExactJson> = {};
    for (const [name, read] of members) {
      const value = read(row);
      if (value !== null) object[name] = value;
    }
    return object;
  };
}

function readerOf(node: ArrowNode): Reader {
  const read = validReaderOf(node);
  const { validity } = node;
  return validity === null ? read : (row) => (getBit(validity, row) ? read(row) : null);
}

function validReaderOf(node: ArrowNode): Reader {
  const { values, offsets } = node;
  switch (node.type.kind) {
    case 'utf8':
    case 'large-utf8':
      return (row) => DECODER.decode((values as Uint8Array).subarray(Number(offsets![row]), Number(offsets![row + 1])));
    case 'bool':
      return (row) => getBit(values as Uint8Array, row);
    case 'int':
      return (row) => exactInteger(values![row]!);
    case 'struct':
      return structReader(node);
    case 'list': {
      const item = readerOf(node.children![0]!);
      return (row) => range(offsets!, row).map(item);
    }
    case 'map':
      return mapReader(node);
    default:
      // A type that no field of an action has: as if the field were missing.
      return () => null;
  }
}

function mapReader(node: ArrowNode): Reader {
  const [key, value] = node.children![0]!.children!.map(readerOf);
  return (row) => Object.fromEntries(range(node.offsets!, row).map((i) => [String(key!(i)), value!(i)]));
}

function range(offsets: Int32Array | BigInt64Array, row: number): number[] {
  const start = Number(offsets[row]);
  return Array.from({ length: Number(offsets[row + 1]) - start }, (_, i) => start + i);
}

/** As the JSON parser gives integers: a number where it is exact. */
function exactInteger(value: number | bigint): number | bigint {
  if (typeof value === 'number') return value;
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : value;
}
