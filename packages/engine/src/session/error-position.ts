import { MillraceError } from '@millrace/core';

/** Moves an error's position from its statement to the whole text it stands in. */
export function withOffset(error: MillraceError, offset: number): MillraceError {
  if (error.info.position === undefined || offset === 0) return error;
  return new MillraceError(error.key, error.sqlstate, error.message, {
    ...error.info,
    position: error.info.position + offset,
  });
}
