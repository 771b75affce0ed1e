import { failure, MillraceError } from '@millrace/core';
import type { Action, AddFile, DomainMetadata, MetaData, Protocol, RemoveFile, Txn } from './actions.ts';
import { type ExactJson, type JsonObject, parseExactJson } from './exact-json.ts';

/** A table may have been created without a schema; it has no columns then. */
const NO_COLUMNS = '{"type":"struct","fields":[]}';
const DECODER = new TextDecoder('utf-8', { fatal: true });

/**
 * The actions of a commit file (one JSON object a line). Unknown actions and unknown fields are ignored, as the protocol asks;
 * what is known must have its type. Throws XX001 naming `where` for a damaged file, 0A000 for a deletion vector.
 *
 * A commit without a single line is damage too: every writer puts at least commitInfo there, and an empty file is what a crash of a disk or of
 * another writer leaves of one. Reading it as "nothing happened" would lose its rows and its `txn` in silence.
 */
export function parseCommit(bytes: Uint8Array, where: string): Action[] {
  const actions: Action[] = [];
  let lineNumber = 0;
  let lineCount = 0;
  try {
    for (const line of DECODER.decode(bytes).split('\n')) {
      lineNumber++;
      if (line.trim() === '') continue;
      lineCount++;
      const action = toAction(asObject(parseExactJson(line), 'line'));
      if (action !== null) actions.push(action);
    }
  } catch (error) {
    if (error instanceof MillraceError && error.sqlstate === '0A000') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw failure('dataCorrupted', { message: `${where} line ${lineNumber}: ${reason}` }, { cause: error });
  }
  if (lineCount === 0) throw failure('dataCorrupted', { message: `${where} is empty: a Delta commit has actions` });
  return actions;
}

function toAction(line: JsonObject): Action | null {
  if (line['add'] != null) return { kind: 'add', add: toAdd(asObject(line['add'], 'add')) };
  if (line['commitInfo'] != null) return { kind: 'commitInfo', commitInfo: asObject(line['commitInfo'], 'commitInfo') };
  if (line['remove'] != null) return { kind: 'remove', remove: toRemove(asObject(line['remove'], 'remove')) };
  if (line['txn'] != null) return { kind: 'txn', txn: toTxn(asObject(line['txn'], 'txn')) };
  if (line['metaData'] != null)
    return { kind: 'metaData', metaData: toMetaData(asObject(line['metaData'], 'metaData')) };
  if (line['protocol'] != null)
    return { kind: 'protocol', protocol: toProtocol(asObject(line['protocol'], 'protocol')) };
  if (line['domainMetadata'] != null) {
    const domainMetadata = toDomainMetadata(asObject(line['domainMetadata'], 'domainMetadata'));
    return { kind: 'domainMetadata', domainMetadata };
  }
  return null;
}

/** An `add` action from a line of a commit or a row of a checkpoint, which have the same fields. 0A000 for a deletion vector. */
export function toAdd(add: JsonObject): AddFile {
  refuseDeletionVector(add);
  return {
    path: asString(add['path'], 'add.path'),
    partitionValues: asStringMap(add['partitionValues'] ?? {}, 'add.partitionValues'),
    size: asNumber(add['size'], 'add.size'),
    modificationTime: asNumber(add['modificationTime'] ?? 0, 'add.modificationTime'),
    dataChange: asBoolean(add['dataChange'] ?? true, 'add.dataChange'),
    ...(add['stats'] == null ? {} : { stats: asString(add['stats'], 'add.stats') }),
    ...(add['tags'] == null ? {} : { tags: asStringMap(add['tags'], 'add.tags') }),
  };
}

/** A `remove` action; absent fields stay absent, so that a checkpoint repeats what was written. */
export function toRemove(remove: JsonObject): RemoveFile {
  return {
    path: asString(remove['path'], 'remove.path'),
    dataChange: asBoolean(remove['dataChange'] ?? true, 'remove.dataChange'),
    ...(remove['deletionTimestamp'] == null
      ? {}
      : { deletionTimestamp: asNumber(remove['deletionTimestamp'], 'remove.deletionTimestamp') }),
    ...(remove['extendedFileMetadata'] == null
      ? {}
      : { extendedFileMetadata: asBoolean(remove['extendedFileMetadata'], 'remove.extendedFileMetadata') }),
    ...(remove['partitionValues'] == null
      ? {}
      : { partitionValues: asStringMap(remove['partitionValues'], 'remove.partitionValues') }),
    ...(remove['size'] == null ? {} : { size: asNumber(remove['size'], 'remove.size') }),
  };
}

/** A `txn` action; its version is an int64. */
export function toTxn(txn: JsonObject): Txn {
  return {
    appId: asString(txn['appId'], 'txn.appId'),
    version: asBigint(txn['version'], 'txn.version'),
    ...(txn['lastUpdated'] == null ? {} : { lastUpdated: asNumber(txn['lastUpdated'], 'txn.lastUpdated') }),
  };
}

/** A `metaData` action. */
export function toMetaData(metaData: JsonObject): MetaData {
  const format = asObject(metaData['format'] ?? { provider: 'parquet' }, 'metaData.format');
  return {
    id: asString(metaData['id'], 'metaData.id'),
    ...(metaData['name'] == null ? {} : { name: asString(metaData['name'], 'metaData.name') }),
    ...(metaData['description'] == null
      ? {}
      : { description: asString(metaData['description'], 'metaData.description') }),
    format: {
      provider: asString(format['provider'], 'metaData.format.provider'),
      options: withoutNulls(asStringMap(format['options'] ?? {}, 'metaData.format.options')),
    },
    schemaString: asString(metaData['schemaString'] ?? NO_COLUMNS, 'metaData.schemaString'),
    partitionColumns: asStrings(metaData['partitionColumns'] ?? [], 'metaData.partitionColumns'),
    configuration: withoutNulls(asStringMap(metaData['configuration'] ?? {}, 'metaData.configuration')),
    ...(metaData['createdTime'] == null
      ? {}
      : { createdTime: asNumber(metaData['createdTime'], 'metaData.createdTime') }),
  };
}

/** A `protocol` action. */
export function toProtocol(protocol: JsonObject): Protocol {
  return {
    minReaderVersion: asNumber(protocol['minReaderVersion'], 'protocol.minReaderVersion'),
    minWriterVersion: asNumber(protocol['minWriterVersion'], 'protocol.minWriterVersion'),
    ...(protocol['readerFeatures'] == null
      ? {}
      : { readerFeatures: asStrings(protocol['readerFeatures'], 'protocol.readerFeatures') }),
    ...(protocol['writerFeatures'] == null
      ? {}
      : { writerFeatures: asStrings(protocol['writerFeatures'], 'protocol.writerFeatures') }),
  };
}

/** A `domainMetadata` action. */
export function toDomainMetadata(domain: JsonObject): DomainMetadata {
  return {
    domain: asString(domain['domain'], 'domainMetadata.domain'),
    configuration: asString(domain['configuration'] ?? '', 'domainMetadata.configuration'),
    removed: asBoolean(domain['removed'] ?? false, 'domainMetadata.removed'),
  };
}

/** A live row could be deleted by it, and we would show it. A removed file's vector hides nothing. */
function refuseDeletionVector(add: JsonObject): void {
  if (add['deletionVector'] != null) {
    throw failure('notSupported', { feature: 'reading a Delta table with deletion vectors' });
  }
}

function asObject(value: ExactJson | undefined, what: string): JsonObject {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw wrongType(what, 'an object');
  return value as JsonObject;
}
function asString(value: ExactJson | undefined, what: string): string {
  if (typeof value !== 'string') throw wrongType(what, 'a string');
  return value;
}
function asNumber(value: ExactJson | undefined, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw wrongType(what, 'an integer');
  return value;
}
function asBigint(value: ExactJson | undefined, what: string): bigint {
  if (typeof value === 'bigint') return value;
  return BigInt(asNumber(value, what));
}
function asBoolean(value: ExactJson | undefined, what: string): boolean {
  if (typeof value !== 'boolean') throw wrongType(what, 'a boolean');
  return value;
}
function asStrings(value: ExactJson, what: string): readonly string[] {
  if (!Array.isArray(value)) throw wrongType(what, 'a list');
  return value.map((item) => asString(item, what));
}
function asStringMap(value: ExactJson, what: string): Readonly<Record<string, string | null>> {
  const entries = Object.entries(asObject(value, what));
  return Object.fromEntries(entries.map(([key, item]) => [key, item === null ? null : asString(item, what)]));
}
function withoutNulls(map: Readonly<Record<string, string | null>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(map).filter((entry): entry is [string, string] => entry[1] !== null));
}
function wrongType(what: string, wanted: string): Error {
  return failure('dataCorrupted', { message: `${what} is not ${wanted}` });
}
