import { failure, type Schema } from '@millrace/core';
import type { Action } from '../log/actions.ts';
import { protocolFor } from '../log/features.ts';
import { assertStorable, formatSchemaString, needsTimestampNtz } from '../schema/schema-string.ts';
import { applyActions, EMPTY_STATE, type Snapshot, toSnapshot } from '../snapshot/snapshot.ts';
import { commitInfo } from './commit-info.ts';
import { type CommitTarget, putCommit } from './put-commit.ts';

/** What a table is when it is created. */
export interface TableDefinition {
  /** UUID; becomes `metaData.id`. */
  readonly tableId: string;
  readonly name?: string;
  readonly schema: Schema;
  readonly partitionColumns: readonly string[];
  /** Delta table properties (`delta.*` and others). */
  readonly configuration?: Readonly<Record<string, string>>;
  /** Whether some columns are computed from others by whoever writes: other engines may then read the table only. */
  readonly generatedColumns?: boolean;
}

/**
 * Commits version 0. null if the location has a version 0 already, whoever wrote it: the caller loads it and looks at its id.
 * Throws 0A000 and 42xxx for definitions that Delta cannot hold (`assertStorable`).
 */
export async function createTable(
  target: CommitTarget,
  definition: TableDefinition,
  options: { readonly nowMs: number; readonly deadlineMs: number },
): Promise<Snapshot | null> {
  const { tableId, name, schema, partitionColumns, configuration = {}, generatedColumns = false } = definition;
  assertStorable(schema, partitionColumns);
  const txnId = target.random.uuid();
  const info = commitInfo({ operation: 'CREATE TABLE', txnId, timestampMs: options.nowMs, partitionColumns });
  const actions: Action[] = [
    { kind: 'commitInfo', commitInfo: info },
    { kind: 'protocol', protocol: protocolFor({ timestampNtz: needsTimestampNtz(schema), generatedColumns }) },
    {
      kind: 'metaData',
      metaData: {
        id: tableId,
        ...(name === undefined ? {} : { name }),
        format: { provider: 'parquet', options: {} },
        schemaString: formatSchemaString(schema),
        partitionColumns,
        configuration,
        createdTime: options.nowMs,
      },
    },
  ];
  const result = await putCommit(target, 0n, { txnId, actions, deadlineMs: options.deadlineMs });
  if (result.status === 'theirs') return null;
  if (result.status === 'failed') throw result.error;
  return toSnapshot(applyActions(EMPTY_STATE, 0n, actions), target.store.describe(target.location), null);
}

/** 55000: a location belongs to one table for ever. */
export function assertSameTable(snapshot: Snapshot, tableId: string, where: string): void {
  if (snapshot.metaData.id === tableId) return;
  const message = `${where} holds the Delta table ${snapshot.metaData.id}, not ${tableId}`;
  throw failure('notInPrerequisiteState', { message });
}
