import { failure } from '../errors/table.ts';
import { type DataType, formatType } from './data-type.ts';

const NAME_BYTES_MAX = 63;

/** Characters (code points) of a string. */
export function characterCount(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i += 1) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      count -= 1;
      i += 1;
    }
  }
  return count;
}

/** The first `count` characters. */
function prefix(text: string, count: number): string {
  let end = 0;
  for (let seen = 0; seen < count && end < text.length; seen += 1) end += text.codePointAt(end)! > 0xffff ? 2 : 1;
  return text.slice(0, end);
}

/**
 * A string as a text type with its modifier stores it: varchar(n) and char(n) cut trailing blanks beyond n silently, raise 22001 for
 * anything else (an explicit cast cuts it), char(n) is padded; name is cut to 63 bytes; "char" to one byte.
 */
export function fitText(type: DataType, text: string, context: 'implicit' | 'assignment' | 'explicit'): string {
  switch (type.kind) {
    case 'varchar':
    case 'bpchar': {
      if (type.length === null) return text;
      const characters = text.length < type.length ? text.length : characterCount(text);
      if (characters > type.length) {
        const kept = prefix(text, type.length);
        if (context !== 'explicit' && /[^ ]/.test(text.slice(kept.length)))
          throw failure('stringTooLong', { type: formatType(type) });
        return kept;
      }
      return type.kind === 'bpchar' ? text + ' '.repeat(type.length - characterCount(text)) : text;
    }
    case 'name':
      return text.length * 3 <= NAME_BYTES_MAX ? text : cutToBytes(text, NAME_BYTES_MAX);
    case 'char':
      return oneByte(text);
    default:
      return text;
  }
}

/** `"char"` holds one byte: ASCII as itself, anything else as PostgreSQL prints it, `\303`. */
function oneByte(text: string): string {
  const code = text.charCodeAt(0);
  if (text === '' || /^\\[0-3][0-7]{2}$/.test(text)) return text;
  return code < 128 ? text.slice(0, 1) : `\\${new TextEncoder().encode(prefix(text, 1))[0]!.toString(8)}`;
}

function cutToBytes(text: string, bytesMax: number): string {
  let bytes = 0;
  let end = 0;
  while (end < text.length) {
    const point = text.codePointAt(end)!;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
    if (bytes > bytesMax) break;
    end += point > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}
