import { failure, type Schema } from '@millrace/core';
import type { Action, AddFile, DomainMetadata, MetaData, Protocol, RemoveFile, Txn } from '../log/actions.ts';
import { parseSchemaString } from '../schema/schema-string.ts';
import { LayeredMap } from './layered-map.ts';

/**
 * The state of a table at a version, immutable: what the log's actions up to there come to ("Action Reconciliation"). The next version is
 * made from it and one commit's actions, without I/O.
 */
export interface Snapshot {
  readonly version: bigint;
  readonly protocol: Protocol;
  readonly metaData: MetaData;
  /** Parsed from `metaData.schemaString`. */
  readonly schema: Schema;
  readonly txns: ReadonlyMap<string, Txn>;
  readonly domains: ReadonlyMap<string, DomainMetadata>;
  /** Live files by path. */
  readonly files: LayeredMap<AddFile>;
  /** Removed files by path; only checkpoints need them. */
  readonly tombstones: LayeredMap<RemoveFile>;
  /** The version of the checkpoint that it was loaded from, -1n if it was not. */
  readonly checkpointVersion: bigint;
}

/** What is known of a table while its log is read: protocol and metaData may be still to come. */
export interface PartialState {
  readonly version: bigint;
  readonly protocol: Protocol | null;
  readonly metaData: MetaData | null;
  readonly txns: ReadonlyMap<string, Txn>;
  readonly domains: ReadonlyMap<string, DomainMetadata>;
  readonly files: LayeredMap<AddFile>;
  readonly tombstones: LayeredMap<RemoveFile>;
  readonly checkpointVersion: bigint;
}

/** Before version 0. */
export const EMPTY_STATE: PartialState = Object.freeze({
  version: -1n,
  protocol: null,
  metaData: null,
  txns: new Map<string, Txn>(),
  domains: new Map<string, DomainMetadata>(),
  files: LayeredMap.of<AddFile>(new Map()),
  tombstones: LayeredMap.of<RemoveFile>(new Map()),
  checkpointVersion: -1n,
});

/** The state after one commit's (or a checkpoint's) actions. */
export function applyActions(state: PartialState, version: bigint, actions: readonly Action[]): PartialState {
  let { protocol, metaData } = state;
  const txns = new Map<string, Txn>();
  const domains = new Map<string, DomainMetadata>();
  const files = new Map<string, AddFile | null>();
  const tombstones = new Map<string, RemoveFile | null>();
  for (const action of actions) {
    switch (action.kind) {
      case 'protocol':
        protocol = action.protocol;
        break;
      case 'metaData':
        metaData = action.metaData;
        break;
      case 'txn':
        txns.set(action.txn.appId, action.txn);
        break;
      case 'domainMetadata':
        domains.set(action.domainMetadata.domain, action.domainMetadata);
        break;
      case 'add':
        files.set(action.add.path, action.add);
        tombstones.set(action.add.path, null);
        break;
      case 'remove':
        // Within one commit an add of the same path wins whatever the order: remove + add is how statistics are rewritten.
        if (files.get(action.remove.path) != null) break;
        files.set(action.remove.path, null);
        tombstones.set(action.remove.path, action.remove);
        break;
      case 'commitInfo':
        break;
      default:
        action satisfies never;
    }
  }
  return {
    version,
    protocol,
    metaData,
    txns: txns.size === 0 ? state.txns : new Map([...state.txns, ...txns]),
    domains: domains.size === 0 ? state.domains : new Map([...state.domains, ...domains]),
    files: state.files.with(files),
    tombstones: state.tombstones.with(tombstones),
    checkpointVersion: state.checkpointVersion,
  };
}

/** The state as a snapshot; XX001 naming `where` if protocol or metaData never came. */
export function toSnapshot(state: PartialState, where: string, previous: Snapshot | null): Snapshot {
  const { protocol, metaData } = state;
  if (protocol === null || metaData === null) {
    const missing = protocol === null ? 'protocol' : 'metaData';
    throw failure('dataCorrupted', {
      message: `Delta log ${where} has no ${missing} action up to version ${state.version}`,
    });
  }
  const isSame = previous !== null && previous.metaData.schemaString === metaData.schemaString;
  return { ...state, protocol, metaData, schema: isSame ? previous.schema : parseSchemaString(metaData.schemaString) };
}

/** The next snapshot after a commit. */
export function nextSnapshot(snapshot: Snapshot, actions: readonly Action[], where: string): Snapshot {
  return toSnapshot(applyActions(snapshot, snapshot.version + 1n, actions), where, snapshot);
}
