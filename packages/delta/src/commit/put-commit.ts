import type { Clock, ObjectStore, Random } from '@millrace/core';
import { type Failpoints, failure, NO_FAILPOINTS } from '@millrace/core';
import type { Action } from '../log/actions.ts';
import { commitKey } from '../log/file-names.ts';
import { formatCommit } from '../log/format-commit.ts';
import { readCommit } from '../snapshot/load-snapshot.ts';

/** The log a commit goes to. */
export interface CommitTarget {
  readonly store: ObjectStore;
  readonly location: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly failpoints?: Failpoints;
}

/** ours: the version is this commit. theirs: it is another's, with these actions. */
export type PutResult =
  | { readonly status: 'ours' }
  | { readonly status: 'theirs'; readonly actions: readonly Action[] }
  /** The store failed, the log has nothing there, and nothing can land later. */
  | { readonly status: 'failed'; readonly error: unknown };

const BACKOFF_MS_MIN = 5;
const BACKOFF_MS_MAX = 1_000;

/**
 * Puts a commit at one version and finds out whose that version is: from the log, never from the answer alone. `exists` may be our own
 * write whose answer was lost on the way (a retry inside the store); `unknown` is decided by reading, and if the log has
 * nothing there, the same bytes are put again at the same place, which is safe because the put is conditional. Never given up half-way
 * by a signal: an aborted promise does not cancel a request.
 * Throws 58030 if the outcome stays unknown until `deadlineMs` (monotonic); the commit may or may not be there then.
 */
export async function putCommit(
  target: CommitTarget,
  version: bigint,
  commit: { readonly txnId: string; readonly actions: readonly Action[]; readonly deadlineMs: number },
): Promise<PutResult> {
  const { store, location, clock, failpoints = NO_FAILPOINTS } = target;
  const key = commitKey(location, version);
  const body = formatCommit(commit.actions);
  let mayLand = false;
  for (let attempt = 0; ; attempt++) {
    failpoints.hit('delta.commit.before-put');
    const outcome = await attemptPut(store, key, body);
    failpoints.hit('delta.commit.after-put');
    if (outcome.status === 'created') return { status: 'ours' };
    const actions = await readCommit({ store, location }, version);
    if (actions !== null) return hasTxnId(actions, commit.txnId) ? { status: 'ours' } : { status: 'theirs', actions };
    if (outcome.status === 'failed') {
      if (mayLand) throw outcome.error;
      return outcome;
    }
    mayLand = true;
    // `exists` without an object is a stale read: as unknown as the rest.
    if (clock.monotonicMs() >= commit.deadlineMs) {
      throw failure('ioError', { message: `it is not known whether the commit ${store.describe(key)} was written` });
    }
    await backoff(target, attempt);
  }
}

type Attempt =
  | { readonly status: 'created' | 'exists' | 'unknown' }
  | { readonly status: 'failed'; readonly error: unknown };

async function attemptPut(store: ObjectStore, key: string, body: Uint8Array): Promise<Attempt> {
  try {
    return { status: await store.put(key, body, { mode: 'create' }) };
  } catch (error) {
    return { status: 'failed', error };
  }
}

function hasTxnId(actions: readonly Action[], txnId: string): boolean {
  return actions.some((action) => action.kind === 'commitInfo' && action.commitInfo['txnId'] === txnId);
}

/** Exponential with full jitter, so that many writers do not meet again. */
export async function backoff(target: Pick<CommitTarget, 'clock' | 'random'>, attempt: number): Promise<void> {
  const ceiling = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** attempt);
  await target.clock.sleep(target.random.float() * ceiling);
}
