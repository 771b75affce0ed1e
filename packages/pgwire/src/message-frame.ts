import type { ByteWriter } from '@millrace/core';

/** Starts a message; give what it returns to `endMessage`. */
export function beginMessage(out: ByteWriter, type: string): number {
  out.uint8(type.charCodeAt(0));
  const start = out.length;
  out.int32(0);
  return start;
}

/** Fills in the length, which counts itself but not the type. */
export function endMessage(out: ByteWriter, start: number): void {
  out.patchInt32(start, out.length - start);
}
