import { failure, MillraceError, type ObjectStore } from '@millrace/core';
import { readLastCheckpoint } from '../checkpoint/last-checkpoint.ts';
import { readCheckpoint } from '../checkpoint/read-checkpoint.ts';
import type { Action } from '../log/actions.ts';
import { assertReadable } from '../log/features.ts';
import { commitKey } from '../log/file-names.ts';
import { parseCommit } from '../log/parse-commit.ts';
import type { ParquetCodec } from '../parquet/parquet-codec.ts';
import { type CheckpointChoice, type LogListing, listLog } from './list-log.ts';
import { applyActions, EMPTY_STATE, nextSnapshot, type PartialState, type Snapshot, toSnapshot } from './snapshot.ts';

/** A table's log. */
export interface LogSource {
  readonly store: ObjectStore;
  /** Where the table lives; ends in `/` or is empty. */
  readonly location: string;
  readonly codec: ParquetCodec;
}

/** Commits read at once while a log is replayed. */
const READ_AHEAD = 8;

/**
 * The newest snapshot (or that of `version`), null if there is no table at the location.
 * `_last_checkpoint` is only a hint; a listing only tells which checkpoints exist: commits are read by name until one is missing, so
 * that a torn or stale listing changes nothing. A commit that is missing below one that was seen is XX001. A damaged checkpoint gives way to
 * an older one. Unsupported tables are 0A000 (`assertReadable`).
 */
export async function loadSnapshot(
  source: LogSource,
  options: { readonly version?: bigint; readonly signal?: AbortSignal } = {},
): Promise<Snapshot | null> {
  const { store, location } = source;
  const until = options.version ?? null;
  const hint = await readLastCheckpoint(store, location);
  if (hint !== null) {
    const recent = await listLog(store, location, hint, options.signal);
    const snapshot = await replayFrom(source, recent, checkpointsUpTo(recent, until), until);
    if (snapshot !== null && !isDamage(snapshot)) return snapshot;
  }
  const listing = await listLog(store, location, 0n, options.signal);
  const candidates = checkpointsUpTo(listing, until);
  if (candidates.length === 0 && listing.lastCommit < 0n && (await readCommit(source, 0n)) === null) return null;
  const snapshot = await replayFrom(source, listing, [...candidates, null], until);
  if (snapshot !== null && !isDamage(snapshot)) return snapshot;
  if (listing.hasV2Checkpoint) throw failure('notSupported', { feature: 'Delta reader feature "v2Checkpoint"' });
  throw snapshot;
}

/** The snapshot from the first start that works (null = from version 0), the first damage if none does, null if there are none. */
async function replayFrom(
  source: LogSource,
  listing: LogListing,
  starts: readonly (CheckpointChoice | null)[],
  until: bigint | null,
): Promise<Snapshot | MillraceError | null> {
  let damage: MillraceError | null = null;
  for (const start of starts) {
    try {
      const base = start === null ? EMPTY_STATE : await stateOfCheckpoint(source, start);
      const state = await replayCommits(source, base, listing.lastCommit, until);
      const snapshot = toSnapshot(state, source.store.describe(`${source.location}_delta_log`), null);
      assertReadable(snapshot.protocol, snapshot.metaData);
      return snapshot;
    } catch (error) {
      if (!isDamage(error)) throw error;
      damage ??= error;
    }
  }
  return damage;
}

function isDamage(error: unknown): error is MillraceError {
  return error instanceof MillraceError && error.sqlstate === 'XX001';
}

async function stateOfCheckpoint(source: LogSource, checkpoint: CheckpointChoice): Promise<PartialState> {
  const state = applyActions(EMPTY_STATE, checkpoint.version, await readCheckpoint(source, checkpoint));
  return { ...state, checkpointVersion: checkpoint.version };
}

async function replayCommits(
  source: LogSource,
  base: PartialState,
  lastSeen: bigint,
  until: bigint | null,
): Promise<PartialState> {
  let state = base;
  for (;;) {
    const versions = Array.from({ length: READ_AHEAD }, (_, i) => state.version + 1n + BigInt(i)).filter(
      (version) => (until === null || version <= until) && (version <= lastSeen + 1n || version === state.version + 1n),
    );
    const commits = await Promise.all(versions.map((version) => readCommit(source, version)));
    for (const [i, actions] of commits.entries()) {
      const version = versions[i]!;
      if (actions === null) {
        if (version > lastSeen && until === null) return state;
        const message = `Delta log ${source.store.describe(commitKey(source.location, version))} is missing`;
        throw failure('dataCorrupted', { message });
      }
      state = applyActions(state, version, actions);
    }
    if (until !== null && state.version >= until) return state;
  }
}

/** The actions of a commit, null if it does not exist. */
export async function readCommit(
  source: Pick<LogSource, 'store' | 'location'>,
  version: bigint,
): Promise<Action[] | null> {
  const key = commitKey(source.location, version);
  const bytes = await source.store.get(key);
  return bytes === null ? null : parseCommit(bytes, source.store.describe(key));
}

/** The newest snapshot, from a known one: one request when nothing changed. */
export async function refreshSnapshot(source: LogSource, known: Snapshot, signal?: AbortSignal): Promise<Snapshot> {
  let snapshot = known;
  for (;;) {
    signal?.throwIfAborted();
    const actions = await readCommit(source, snapshot.version + 1n);
    if (actions === null) return snapshot;
    snapshot = nextSnapshot(snapshot, actions, source.store.describe(source.location));
    assertReadable(snapshot.protocol, snapshot.metaData);
  }
}

function checkpointsUpTo(listing: LogListing, until: bigint | null): readonly CheckpointChoice[] {
  return listing.checkpoints.filter((checkpoint) => until === null || checkpoint.version <= until);
}
