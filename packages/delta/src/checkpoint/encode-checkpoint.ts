import { type ArrowTree, encodeArrowTree } from '@millrace/core/arrow';
import { writeIpc, writerProperties } from '../parquet/encode-files.ts';
import type { CheckpointContent } from '../parquet/messages.ts';
import { buildColumn, type ColumnShape } from './checkpoint-columns.ts';

/** The columns of a checkpoint ("Checkpoint Schema"), as other engines expect them: real structs, lists and maps. */
const SHAPES: Readonly<Record<string, ColumnShape>> = {
  txn: { appId: 'string', version: 'long', lastUpdated: 'long' },
  add: {
    path: 'string',
    partitionValues: 'string-map',
    size: 'long',
    modificationTime: 'long',
    dataChange: 'bool',
    stats: 'string',
    tags: 'string-map',
  },
  remove: {
    path: 'string',
    deletionTimestamp: 'long',
    dataChange: 'bool',
    extendedFileMetadata: 'bool',
    partitionValues: 'string-map',
    size: 'long',
  },
  metaData: {
    id: 'string',
    name: 'string',
    description: 'string',
    format: { provider: 'string', options: 'string-map' },
    schemaString: 'string',
    partitionColumns: 'strings',
    createdTime: 'long',
    configuration: 'string-map',
  },
  protocol: { minReaderVersion: 'int', minWriterVersion: 'int', readerFeatures: 'strings', writerFeatures: 'strings' },
  domainMetadata: { domain: 'string', configuration: 'string', removed: 'bool' },
};
const BATCH_ROWS = 65_536;
const OPTIONS = { compression: 'snappy', rowGroupRows: 1_000_000, rowGroupBytes: 512 * 1024 * 1024 } as const;

/** A checkpoint file. The few actions that are not files come first, so that a reader of those finds them in the first rows. */
export async function encodeCheckpoint(content: CheckpointContent): Promise<Uint8Array> {
  const rows: (readonly [keyof typeof SHAPES, unknown])[] = [
    ['protocol', content.protocol],
    ['metaData', content.metaData],
    ...content.txns.map((txn) => ['txn', txn] as const),
    ...content.domains.map((domain) => ['domainMetadata', domain] as const),
    ...content.removes.map((remove) => ['remove', { ...remove, dataChange: false }] as const),
    ...content.adds.map((add) => ['add', { ...add, dataChange: false }] as const),
  ];
  const trees: ArrowTree[] = [];
  for (let at = 0; at < rows.length; at += BATCH_ROWS) {
    const part = rows.slice(at, at + BATCH_ROWS);
    const columns = Object.entries(SHAPES).map(([name, shape]) =>
      buildColumn(
        name,
        shape,
        part.map(([kind, value]) => (kind === name ? value : null)),
      ),
    );
    trees.push({ rowCount: part.length, columns });
  }
  return writeIpc(await encodeArrowTree(trees), writerProperties(OPTIONS, []));
}

/** How many rows `encodeCheckpoint` writes. */
export function actionCount(content: CheckpointContent): number {
  return 2 + content.txns.length + content.domains.length + content.removes.length + content.adds.length;
}
