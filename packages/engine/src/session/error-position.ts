import { type MillraceError, withPosition } from '@millrace/core';

/** Moves an error's position from its statement to the whole text it stands in. */
export function withOffset(error: MillraceError, offset: number): MillraceError {
  const { position } = error.info;
  return position === undefined || offset === 0 ? error : withPosition(error, position + offset);
}
