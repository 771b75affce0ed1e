/** The code of an error of the operating system (`ENOENT`, `EEXIST` ...); undefined for any other error. Simulated worlds throw the same codes. */
export function systemErrorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** ENOSPC, EDQUOT or EFBIG: there is no room for what was to be written. */
export function isDiskFull(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
}
