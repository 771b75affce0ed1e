import { failure } from '@millrace/core';
import { COMMIT_LEVEL, requireCommitLevel } from '../transaction/commit-level.ts';

const NUMBERS: Readonly<Record<string, { readonly min: number; readonly max: number }>> = {
  /** Rows wait in memory at most this long before they are flushed, in milliseconds. */
  flush_after_ms: { min: 10, max: 86_400_000 },
  /** A table's rows are flushed when they take this many bytes. */
  flush_bytes: { min: 4_096, max: 16 * 1024 ** 3 },
};

/** `commit_level`: the least that is true of a transaction with rows of the table when it is acknowledged; a session may ask for more. */
const NAMES: readonly string[] = [...Object.keys(NUMBERS), COMMIT_LEVEL];

/** `WITH (millrace.flush_after_ms = 1000, millrace.commit_level = delta)`. 22023 for names and values that mean nothing. */
export function tableOptions(
  options: readonly { readonly namespace: string | null; readonly name: string; readonly value: string | null }[],
): Readonly<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const { namespace, name, value } of options) {
    if (namespace !== 'millrace' || !NAMES.includes(name)) {
      const hint = `Known parameters: ${NAMES.map((known) => `millrace.${known}`).join(', ')}.`;
      const label = namespace === null ? name : `${namespace}.${name}`;
      throw failure('invalidParameterValue', { message: `unrecognized parameter "${label}"` }, { hint });
    }
    const limits = NUMBERS[name];
    result[name] =
      limits === undefined
        ? requireCommitLevel(value ?? '', `option "millrace.${name}"`)
        : requireNumber(value ?? '', `millrace.${name}`, limits);
  }
  return result;
}

function requireNumber(value: string, label: string, limits: { readonly min: number; readonly max: number }): string {
  const number = Number(value);
  if (value.trim() !== '' && Number.isInteger(number) && number >= limits.min && number <= limits.max)
    return String(number);
  throw failure(
    'invalidParameterValue',
    { message: `value ${value} out of bounds for option "${label}"` },
    { detail: `Valid values are between "${limits.min}" and "${limits.max}".` },
  );
}
