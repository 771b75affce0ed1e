import { failure, MillraceError } from '@millrace/core';

/** The `code` of an ErrnoException-like error. */
export function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}

/** A file system's error as the client gets it: 53100 for a full disk, 58030 for the rest. */
export function storageError(error: unknown, action: string): unknown {
  if (error instanceof MillraceError) return error;
  const code = codeOf(error);
  if (code === undefined) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT') return failure('diskFull', { what: action }, { cause: error });
  return failure('ioError', { message: `could not ${action}: ${code}` }, { cause: error });
}
