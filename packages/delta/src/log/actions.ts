import type { JsonObject } from './exact-json.ts';

/** What readers and writers of the table must know (Delta protocol, "Protocol Evolution"). The lists exist from 3 and 7 on. */
export interface Protocol {
  readonly minReaderVersion: number;
  readonly minWriterVersion: number;
  readonly readerFeatures?: readonly string[];
  readonly writerFeatures?: readonly string[];
}

/** The table's definition ("Change Metadata"). */
export interface MetaData {
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  readonly format: { readonly provider: string; readonly options: Readonly<Record<string, string>> };
  readonly schemaString: string;
  readonly partitionColumns: readonly string[];
  readonly configuration: Readonly<Record<string, string>>;
  readonly createdTime?: number;
}

/** A file that is part of the table ("Add File and Remove File"). `path` is URI-encoded, relative to the table or absolute. */
export interface AddFile {
  readonly path: string;
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly size: number;
  readonly modificationTime: number;
  readonly dataChange: boolean;
  /** JSON text, parsed when a scan wants it. */
  readonly stats?: string;
  readonly tags?: Readonly<Record<string, string | null>>;
}

/** A file that no longer is; kept until its retention ends, so that readers of older versions find it. */
export interface RemoveFile {
  readonly path: string;
  readonly deletionTimestamp?: number;
  readonly dataChange: boolean;
  readonly extendedFileMetadata?: boolean;
  readonly partitionValues?: Readonly<Record<string, string | null>>;
  readonly size?: number;
}

/** An application's progress ("Transaction Identifiers"). */
export interface Txn {
  readonly appId: string;
  readonly version: bigint;
  readonly lastUpdated?: number;
}

/** A named configuration of some feature; unknown ones are preserved. */
export interface DomainMetadata {
  readonly domain: string;
  readonly configuration: string;
  readonly removed: boolean;
}

/**
 * One line of a commit. `cdc`, `sidecar`, `checkpointMetadata` and unknown actions are not state and are dropped by the parser;
 * `commitInfo` is kept only to recognize our own commits.
 */
export type Action =
  | { readonly kind: 'protocol'; readonly protocol: Protocol }
  | { readonly kind: 'metaData'; readonly metaData: MetaData }
  | { readonly kind: 'add'; readonly add: AddFile }
  | { readonly kind: 'remove'; readonly remove: RemoveFile }
  | { readonly kind: 'txn'; readonly txn: Txn }
  | { readonly kind: 'domainMetadata'; readonly domainMetadata: DomainMetadata }
  | { readonly kind: 'commitInfo'; readonly commitInfo: JsonObject };
