import { failure, isDiskFull, MillraceError, systemErrorCode } from '@millrace/core';

/** A file system's error as the client gets it: 53100 for a full disk, 58030 for the rest. */
export function storageError(error: unknown, action: string): unknown {
  if (error instanceof MillraceError) return error;
  const code = systemErrorCode(error);
  if (code === undefined) return error;
  if (isDiskFull(error)) return failure('diskFull', { what: action }, { cause: error });
  return failure('ioError', { message: `could not ${action}: ${code}` }, { cause: error });
}
