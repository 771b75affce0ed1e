import { failure } from '@millrace/core';
import type { MetaData, Protocol } from './actions.ts';

/** What we do with a table that lists a feature. `active` = only refused when the table really uses it. */
type Support = 'yes' | 'no' | 'if-inactive';

interface FeatureRow {
  readonly name: string;
  /** Protocol versions without feature lists that imply it (null = table feature only). */
  readonly legacyReader: number | null;
  readonly legacyWriter: number | null;
  /** Listed in `readerFeatures` too. */
  readonly isReaderFeature: boolean;
  readonly read: Support;
  readonly write: Support;
  /** Whether the table uses it; for `if-inactive`. */
  readonly isActive?: (metaData: MetaData) => boolean;
}

const has =
  (key: string) =>
  (metaData: MetaData): boolean =>
    metaData.configuration[key]?.toLowerCase() === 'true';
const inSchema =
  (key: string) =>
  (metaData: MetaData): boolean =>
    metaData.schemaString.includes(`"${key}`);
const isMapped = (metaData: MetaData): boolean =>
  (metaData.configuration['delta.columnMapping.mode'] ?? 'none') !== 'none';
const hasConstraints = (metaData: MetaData): boolean =>
  Object.keys(metaData.configuration).some((key) => key.startsWith('delta.constraints.'));

/**
 * A writer feature of our own: columns are computed from others by expressions in PostgreSQL's SQL, and queries rely on it. Delta's own
 * `generatedColumns` wants the expression in Spark's SQL, where `(ts AT TIME ZONE 'UTC')::date` has no form that does not depend on the session's
 * zone. A writer must refuse a feature that it does not know, so no other engine can append a row whose column does not follow.
 */
const MILLRACE_GENERATED_COLUMNS = 'millrace.generatedColumns';

/**
 * The features of the Delta protocol ("Table Features", "Valid Feature Names"), as data. A feature that is not in this table is
 * unknown and refused. A listed feature is only *supported* by the table; several are harmless until the table uses them.
 * Deletion vectors are gated file by file (`parse-commit.ts`), because a file that has one must not be read without it.
 */
export const FEATURES: readonly FeatureRow[] = [
  writer('appendOnly', 2, 'yes'),
  writer('invariants', 2, 'if-inactive', inSchema('delta.invariants')),
  writer('checkConstraints', 3, 'if-inactive', hasConstraints),
  writer('changeDataFeed', 4, 'yes'),
  writer('generatedColumns', 4, 'if-inactive', inSchema('delta.generationExpression')),
  writer('identityColumns', 6, 'if-inactive', inSchema('delta.identity.')),
  writer('domainMetadata', null, 'yes'),
  writer('allowColumnDefaults', null, 'if-inactive', inSchema('CURRENT_DEFAULT')),
  writer('inCommitTimestamp', null, 'if-inactive', has('delta.enableInCommitTimestamps')),
  writer('rowTracking', null, 'no'),
  writer(MILLRACE_GENERATED_COLUMNS, null, 'yes'),
  writer('clustering', null, 'no'),
  reader('columnMapping', { legacyReader: 2, legacyWriter: 5 }, 'if-inactive', 'if-inactive', isMapped),
  reader('timestampNtz', null, 'yes', 'yes'),
  reader('deletionVectors', null, 'yes', 'yes'),
  reader('vacuumProtocolCheck', null, 'yes', 'yes'),
];

function writer(
  name: string,
  legacyWriter: number | null,
  write: Support,
  isActive?: (metaData: MetaData) => boolean,
): FeatureRow {
  const row: FeatureRow = { name, legacyReader: null, legacyWriter, isReaderFeature: false, read: 'yes', write };
  return isActive === undefined ? row : { ...row, isActive };
}

function reader(
  name: string,
  legacy: { readonly legacyReader: number; readonly legacyWriter: number } | null,
  read: Support,
  write: Support,
  isActive?: (metaData: MetaData) => boolean,
): FeatureRow {
  const versions = legacy ?? { legacyReader: null, legacyWriter: null };
  const row: FeatureRow = { name, ...versions, isReaderFeature: true, read, write };
  return isActive === undefined ? row : { ...row, isActive };
}

/** Throws 0A000 naming the feature if this table must not be read by us. */
export function assertReadable(protocol: Protocol, metaData: MetaData): void {
  const { minReaderVersion } = protocol;
  if (minReaderVersion > 3) throw unsupported(`Delta reader version ${minReaderVersion}`);
  if (metaData.format.provider !== 'parquet') throw unsupported(`Delta format ${metaData.format.provider}`);
  for (const name of readerFeatures(protocol)) {
    const row = FEATURES.find((feature) => feature.name === name);
    if (row === undefined) throw unsupported(`Delta reader feature "${name}"`);
    if (row.read === 'no' || (row.read === 'if-inactive' && row.isActive?.(metaData) === true)) {
      throw unsupported(`Delta reader feature "${name}"`);
    }
  }
}

/** Throws 0A000 naming the feature if this table must not be written by us. Includes `assertReadable`. */
export function assertWritable(protocol: Protocol, metaData: MetaData): void {
  assertReadable(protocol, metaData);
  if (protocol.minWriterVersion > 7) throw unsupported(`Delta writer version ${protocol.minWriterVersion}`);
  for (const name of writerFeatures(protocol)) {
    const row = FEATURES.find((feature) => feature.name === name);
    if (row === undefined) throw unsupported(`Delta writer feature "${name}"`);
    if (row.write === 'no' || (row.write === 'if-inactive' && row.isActive?.(metaData) === true)) {
      throw unsupported(`Delta writer feature "${name}"`);
    }
  }
}

/** The features that readers must know: listed (3) or implied by the version. */
export function readerFeatures(protocol: Protocol): readonly string[] {
  if (protocol.minReaderVersion >= 3) return protocol.readerFeatures ?? [];
  return FEATURES.filter((f) => f.legacyReader !== null && f.legacyReader <= protocol.minReaderVersion).map(
    (f) => f.name,
  );
}

/** The features that writers must know: listed (7) or implied by the version. */
export function writerFeatures(protocol: Protocol): readonly string[] {
  if (protocol.minWriterVersion >= 7) return protocol.writerFeatures ?? [];
  return FEATURES.filter((f) => f.legacyWriter !== null && f.legacyWriter <= protocol.minWriterVersion).map(
    (f) => f.name,
  );
}

/**
 * The protocol of a table that we create: 1/2, which every engine reads and writes. 3/7 with the shortest lists (`appendOnly` and `invariants`
 * as Spark has them) if the schema needs `timestampNtz`; 1/7 if it has generated columns, which every engine reads and millrace alone writes.
 */
export function protocolFor(needs: { readonly timestampNtz: boolean; readonly generatedColumns: boolean }): Protocol {
  if (!needs.timestampNtz && !needs.generatedColumns) return { minReaderVersion: 1, minWriterVersion: 2 };
  const own = needs.generatedColumns ? [MILLRACE_GENERATED_COLUMNS] : [];
  if (!needs.timestampNtz) {
    return { minReaderVersion: 1, minWriterVersion: 7, writerFeatures: ['appendOnly', 'invariants', ...own] };
  }
  return {
    minReaderVersion: 3,
    minWriterVersion: 7,
    readerFeatures: ['timestampNtz'],
    writerFeatures: ['appendOnly', 'invariants', 'timestampNtz', ...own],
  };
}

function unsupported(feature: string): Error {
  return failure('notSupported', { feature });
}
