/** What a name in `_delta_log/` is. Everything that is none of these is ignored (temporary files, sidecars, other writers' extras). */
export type LogFile =
  | { readonly kind: 'commit'; readonly version: bigint }
  | { readonly kind: 'checkpoint'; readonly version: bigint }
  | { readonly kind: 'checkpoint-part'; readonly version: bigint; readonly part: number; readonly parts: number }
  /** A checkpoint with a UUID in its name (feature v2Checkpoint). */
  | { readonly kind: 'checkpoint-v2'; readonly version: bigint };

const COMMIT = /^(\d{20})\.json$/;
const CHECKPOINT = /^(\d{20})\.checkpoint\.parquet$/;
const PART = /^(\d{20})\.checkpoint\.(\d{10})\.(\d{10})\.parquet$/;
const V2 = /^(\d{20})\.checkpoint\.[0-9a-fA-F-]{36}\.(?:json|parquet)$/;

/** Reads a name (without its directory); null if it is not one of the log's. */
export function parseLogFileName(name: string): LogFile | null {
  let match = COMMIT.exec(name);
  if (match !== null) return { kind: 'commit', version: BigInt(match[1]!) };
  match = CHECKPOINT.exec(name);
  if (match !== null) return { kind: 'checkpoint', version: BigInt(match[1]!) };
  match = PART.exec(name);
  if (match !== null) {
    return { kind: 'checkpoint-part', version: BigInt(match[1]!), part: Number(match[2]), parts: Number(match[3]) };
  }
  match = V2.exec(name);
  return match === null ? null : { kind: 'checkpoint-v2', version: BigInt(match[1]!) };
}

/** A version as the log's names have it: 20 digits. */
export function versionName(version: bigint): string {
  return version.toString().padStart(20, '0');
}

/** The log's directory of a table; `location` ends in `/` or is empty. */
export function logDirectory(location: string): string {
  return `${location}_delta_log/`;
}
/** `_delta_log/00000000000000000007.json` of a table. */
export function commitKey(location: string, version: bigint): string {
  return `${logDirectory(location)}${versionName(version)}.json`;
}
/** The classic checkpoint of one file. */
export function checkpointKey(location: string, version: bigint): string {
  return `${logDirectory(location)}${versionName(version)}.checkpoint.parquet`;
}
/** One part (from 1) of a multipart checkpoint. */
export function checkpointPartKey(location: string, version: bigint, part: number, parts: number): string {
  const digits = (n: number): string => n.toString().padStart(10, '0');
  return `${logDirectory(location)}${versionName(version)}.checkpoint.${digits(part)}.${digits(parts)}.parquet`;
}
/** The hint at the newest checkpoint. */
export function lastCheckpointKey(location: string): string {
  return `${logDirectory(location)}_last_checkpoint`;
}
