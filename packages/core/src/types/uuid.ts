import { failure } from '../errors/table.ts';

/** Groups of four digits may be separated by dashes; braces may surround it. */
const SHAPE = /^(\{)?((?:[0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4})(\})?$/;

/** PostgreSQL's uuid input, in canonical form: lower case, dashes after 8, 12, 16 and 20 digits. 22P02. */
export function parseUuid(text: string): string {
  const match = SHAPE.exec(text);
  if (match === null || (match[1] === undefined) !== (match[3] === undefined)) {
    throw failure('invalidText', { type: 'uuid', value: text });
  }
  const digits = match[2]!.replaceAll('-', '').toLowerCase();
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
}
