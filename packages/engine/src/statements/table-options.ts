import { failure } from '@millrace/core';

const OPTIONS: Readonly<Record<string, { readonly min: number; readonly max: number }>> = {
  /** Rows wait in memory at most this long before they are flushed, in milliseconds. */
  flush_after_ms: { min: 10, max: 86_400_000 },
  /** A table's rows are flushed when they take this many bytes. */
  flush_bytes: { min: 4_096, max: 16 * 1024 ** 3 },
};

/** `WITH (millrace.flush_after_ms = 1000, millrace.flush_bytes = 1000000)`. 22023 for names and values that mean nothing. */
export function tableOptions(
  options: readonly { readonly namespace: string | null; readonly name: string; readonly value: string | null }[],
): Readonly<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const { namespace, name, value } of options) {
    const limits = namespace === 'millrace' && Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    if (limits === undefined) {
      const hint = `Known parameters: ${Object.keys(OPTIONS)
        .map((known) => `millrace.${known}`)
        .join(', ')}.`;
      const label = namespace === null ? name : `${namespace}.${name}`;
      throw failure('invalidParameterValue', { message: `unrecognized parameter "${label}"` }, { hint });
    }
    const number = Number(value);
    if (
      value === null ||
      value.trim() === '' ||
      !Number.isInteger(number) ||
      number < limits.min ||
      number > limits.max
    ) {
      throw failure(
        'invalidParameterValue',
        {
          message: `value ${value ?? ''} out of bounds for option "millrace.${name}"`,
        },
        { detail: `Valid values are between "${limits.min}" and "${limits.max}".` },
      );
    }
    result[name] = String(number);
  }
  return result;
}
