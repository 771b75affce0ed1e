import { charactersOf } from './characters.ts';
import type { FunctionDefinition } from './definition.ts';
import { safe, TEXT_ARRAY_TYPE } from './shorthand.ts';

/**
 * string_to_array and string_to_table: split at each delimiter; a NULL delimiter gives the characters, an empty one the whole text, no text
 * no fields; a field equal to `nullText` is NULL.
 */
export function splitText(value: string, delimiter: string | null, nullText: string | null = null): (string | null)[] {
  if (value === '') return [];
  const fields = delimiter === null ? charactersOf(value) : delimiter === '' ? [value] : value.split(delimiter);
  return fields.map((field) => (field === nullText ? null : field));
}

type Args = [value: string | null, delimiter: string | null, nullText?: string | null];

/** string_to_array. */
export const textArrayFunctions: readonly FunctionDefinition[] = [
  ['text', 'text'] as const,
  ['text', 'text', 'text'] as const,
].map((args) =>
  safe<Args>(
    'string_to_array',
    args,
    TEXT_ARRAY_TYPE,
    (value, delimiter, nullText) => (value === null ? null : splitText(value, delimiter, nullText ?? null)),
    { strict: false },
  ),
);
