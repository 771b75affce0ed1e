import { type DataType, failure, types, type Value } from '@millrace/core';
import { splitQualifiedName } from '../catalog/identifiers.ts';
import type { Session } from '../session/session.ts';
import { requireCommitLevel } from '../transaction/commit-level.ts';

/** What CALL runs. */
export interface Procedure {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly type: DataType; readonly isOptional: boolean }[];
  /** `args` has a value (null where left out) for each parameter. A cancelled CALL stops waiting for it; it should stop by itself soon. */
  call(session: Session, args: readonly Value[], signal: AbortSignal): Promise<void>;
}

/** `CALL flush('t')`: everything of the table that is visible now is in Delta when it returns; without argument, every table. */
const flush: Procedure = {
  name: 'flush',
  parameters: [{ name: 'table', type: types.text, isOptional: true }],
  async call(session, args) {
    const [name] = args;
    if (name === undefined || name === null) {
      await session.services.transactionStore.flush();
      return;
    }
    const parts = splitQualifiedName(String(name));
    const table = session.catalogView().table(parts.length > 1 ? (parts.at(-2) ?? null) : null, parts.at(-1) ?? '');
    if (table === undefined) throw failure('undefinedTable', { name: String(name) });
    if (table.isSystem) throw failure('wrongObjectType', { message: `"${table.name}" is a system table` });
    if (session.services.catalog.byId.has(table.tableId))
      await session.services.transactionStore.flush([table.tableId]);
  },
};

/**
 * `CALL wait_for_lsn(n)`: returns when every commit up to n is visible here; `CALL wait_for_lsn(n, 'durable')`, on disk; with 'delta', in Delta. Waits, as
 * pg_wal_replay_wait does, also for a number that is not given out yet, until it is, or the statement is cancelled or times out.
 */
const waitForLsn: Procedure = {
  name: 'wait_for_lsn',
  parameters: [
    { name: 'lsn', type: types.int8, isOptional: false },
    { name: 'level', type: types.text, isOptional: true },
  ],
  async call(session, [lsn, level], signal) {
    if (typeof lsn !== 'bigint') throw failure('invalidParameterValue', { message: 'lsn must not be null' });
    const wanted = requireCommitLevel(String(level ?? 'buffered'), 'parameter "level"');
    await session.services.transactionStore.reach(lsn, wanted, { signal });
  },
};

/** The procedures of every engine. */
export const STANDARD_PROCEDURES: readonly Procedure[] = Object.freeze([flush, waitForLsn]);
