import { failure } from '../errors/table.ts';

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** `\x0aff`. */
export function formatByteaHex(bytes: Uint8Array): string {
  let text = '\\x';
  for (const byte of bytes) text += HEX[byte]!;
  return text;
}

/** bytea_output = escape: printable ASCII as it is, backslash doubled, the rest `\ooo`. */
export function formatByteaEscape(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    if (byte === 0x5c) text += '\\\\';
    else if (byte >= 0x20 && byte <= 0x7e) text += String.fromCharCode(byte);
    else text += `\\${byte.toString(8).padStart(3, '0')}`;
  }
  return text;
}

/** The value of a hex digit's code, or -1. */
export function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function parseHex(text: string): Uint8Array {
  const result = new Uint8Array((text.length - 2) >> 1);
  let length = 0;
  let i = 2;
  while (i < text.length) {
    if (/\s/.test(text[i]!)) {
      i += 1;
      continue;
    }
    const high = hexDigit(text.charCodeAt(i));
    if (high < 0)
      throw failure('invalidParameterValue', {
        message: `invalid hexadecimal digit: "${String.fromCodePoint(text.codePointAt(i)!)}"`,
      });
    if (i + 1 >= text.length)
      throw failure('invalidParameterValue', { message: 'invalid hexadecimal data: odd number of digits' });
    const low = hexDigit(text.charCodeAt(i + 1));
    if (low < 0)
      throw failure('invalidParameterValue', {
        message: `invalid hexadecimal digit: "${String.fromCodePoint(text.codePointAt(i + 1)!)}"`,
      });
    result[length] = high * 16 + low;
    length += 1;
    i += 2;
  }
  return result.subarray(0, length);
}

/** PostgreSQL's bytea input: `\x…` hex or the escape format. 22P02, 22023. */
export function parseBytea(text: string): Uint8Array {
  if (text.startsWith('\\x')) return parseHex(text);
  const bytes = new TextEncoder().encode(text);
  const result = new Uint8Array(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i += 1, length += 1) {
    const byte = bytes[i]!;
    if (byte !== 0x5c) {
      result[length] = byte;
      continue;
    }
    if (bytes[i + 1] === 0x5c) {
      result[length] = 0x5c;
      i += 1;
      continue;
    }
    const octal = /^[0-3][0-7][0-7]$/.test(String.fromCharCode(...bytes.subarray(i + 1, i + 4)));
    if (!octal) throw failure('invalidByteaText');
    result[length] = (bytes[i + 1]! - 48) * 64 + (bytes[i + 2]! - 48) * 8 + bytes[i + 3]! - 48;
    i += 3;
  }
  return result.subarray(0, length);
}
