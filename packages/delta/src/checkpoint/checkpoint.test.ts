import { expect, test } from 'vitest';
import type { Action } from '../log/actions.ts';
import type { CheckpointContent } from '../parquet/messages.ts';
import { LayeredMap } from '../snapshot/layered-map.ts';
import { EMPTY_STATE, type Snapshot } from '../snapshot/snapshot.ts';
import { decodeCheckpoint } from './decode-checkpoint.ts';
import { actionCount, encodeCheckpoint } from './encode-checkpoint.ts';
import { isCheckpointDue } from './is-checkpoint-due.ts';
import { retentionMs } from './write-checkpoint.ts';

const content: CheckpointContent = {
  protocol: {
    minReaderVersion: 3,
    minWriterVersion: 7,
    readerFeatures: ['timestampNtz'],
    writerFeatures: ['appendOnly', 'timestampNtz'],
  },
  metaData: {
    id: 'id-1',
    name: 'events',
    format: { provider: 'parquet', options: {} },
    schemaString: '{"type":"struct","fields":[]}',
    partitionColumns: ['p', 'é'],
    configuration: { 'delta.appendOnly': 'true' },
    createdTime: 9_007_199_254_740_991,
  },
  txns: [
    { appId: 'a', version: 9_223_372_036_854_775_807n, lastUpdated: 5 },
    { appId: 'b', version: -1n },
  ],
  domains: [{ domain: 'd', configuration: '{"x":1}', removed: false }],
  adds: Array.from({ length: 300 }, (_, i) => ({
    path: `p=${i}/x%20y-${i}.parquet`,
    partitionValues: i % 3 === 0 ? {} : { p: i % 2 === 0 ? null : `v${i} 日本 😀`, é: '' },
    size: i,
    modificationTime: i * 7,
    dataChange: false,
    ...(i % 5 === 0 ? {} : { stats: `{"numRecords":${i},"minValues":{"a":9007199254740993}}` }),
    ...(i % 7 === 0 ? { tags: { t: null, u: 'x' } } : {}),
  })),
  removes: [
    { path: 'gone', deletionTimestamp: 3, dataChange: false, extendedFileMetadata: true, partitionValues: {}, size: 4 },
    { path: 'g2', dataChange: false },
  ],
};

test('what is written is read: every field, absent ones absent', async () => {
  const actions: Action[] = [
    { kind: 'protocol', protocol: content.protocol },
    { kind: 'metaData', metaData: content.metaData },
    ...content.txns.map((txn) => ({ kind: 'txn', txn }) as const),
    ...content.domains.map((domainMetadata) => ({ kind: 'domainMetadata', domainMetadata }) as const),
    ...content.removes.map((remove) => ({ kind: 'remove', remove }) as const),
    ...content.adds.map((add) => ({ kind: 'add', add }) as const),
  ];
  const key = (action: Action): string => action.kind;
  const byKind = (list: readonly Action[]): readonly Action[] => [...list].sort((a, b) => key(a).localeCompare(key(b)));
  const decoded = decodeCheckpoint(await encodeCheckpoint(content));
  expect(byKind(decoded)).toEqual(byKind(actions));
  expect(decoded).toHaveLength(actionCount(content));
});

test('more rows than a batch', async () => {
  const adds = Array.from({ length: 70_000 }, (_, i) => ({
    path: `f${i}`,
    partitionValues: {},
    size: i,
    modificationTime: 0,
    dataChange: false,
  }));
  const decoded = decodeCheckpoint(await encodeCheckpoint({ ...content, adds, removes: [] }));
  const found = decoded.flatMap((action) => (action.kind === 'add' ? [action.add] : []));
  expect(found).toHaveLength(70_000);
  expect(found[69_999]).toEqual(adds[69_999]);
});

test('retention as Spark writes it', () => {
  const day = 24 * 3600 * 1000;
  expect([
    retentionMs(undefined),
    retentionMs('interval 1 week'),
    retentionMs('interval 30 days'),
    retentionMs('2 hours'),
  ]).toEqual([...[7 * day, 7 * day, 30 * day, 2 * 3600 * 1000]]);
  expect(retentionMs('interval 1 month')).toBe(Number.POSITIVE_INFINITY);
});

test('when a checkpoint is due', () => {
  const snapshot = (version: bigint, files: number, interval?: string): Snapshot =>
    ({
      ...EMPTY_STATE,
      version,
      metaData: {
        ...content.metaData,
        configuration: interval === undefined ? {} : { 'delta.checkpointInterval': interval },
      },
      files: LayeredMap.of(
        new Map(
          content.adds.slice(0, 1).flatMap((add) => Array.from({ length: files }, (_, i) => [`${i}`, add] as const)),
        ),
      ),
    }) as unknown as Snapshot;
  expect(isCheckpointDue(snapshot(8n, 1), -1n)).toBe(false);
  expect(isCheckpointDue(snapshot(9n, 1), -1n)).toBe(true);
  expect(isCheckpointDue(snapshot(14n, 1, '5'), 10n)).toBe(false);
  expect(isCheckpointDue(snapshot(15n, 1, '5'), 10n)).toBe(true);
  expect(isCheckpointDue(snapshot(20n, 20_000), 9n)).toBe(false);
  expect(isCheckpointDue(snapshot(29n, 20_000), 9n)).toBe(true);
  expect(isCheckpointDue(snapshot(29n, 20_000, '5'), 24n)).toBe(true);
});
