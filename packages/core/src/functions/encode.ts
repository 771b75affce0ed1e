import { utf8Bytes } from '../codec/utf8.ts';
import { failure } from '../errors/table.ts';
import { types } from '../types/data-type.ts';
import type { FunctionDefinition } from './definition.ts';
import { md5Hex } from './md5.ts';
import { safe, simple } from './shorthand.ts';

const { text, bytea } = types;

function invalid(message: string): Error {
  return failure('invalidParameterValue', { message });
}

function encode(bytes: Uint8Array, format: string): string {
  switch (format.toLowerCase()) {
    case 'hex':
      return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    case 'base64':
      return (toBase64(bytes).match(/.{1,76}/g) ?? []).join('\n');
    case 'escape':
      return Array.from(bytes, escapeByte).join('');
    default:
      throw invalid(`unrecognized encoding: "${format}"`);
  }
}

function escapeByte(byte: number): string {
  if (byte === 0 || byte > 127) return `\\${byte.toString(8).padStart(3, '0')}`;
  return byte === 92 ? '\\\\' : String.fromCharCode(byte);
}

function decode(value: string, format: string): Uint8Array {
  switch (format.toLowerCase()) {
    case 'hex':
      return fromHex(value);
    case 'base64':
      return fromBase64(value);
    case 'escape':
      return fromEscape(value);
    default:
      throw invalid(`unrecognized encoding: "${format}"`);
  }
}

function fromHex(value: string): Uint8Array {
  const digits = value.replace(/[ \t\n\r]/g, '');
  const wrong = /[^0-9a-fA-F]/u.exec(digits);
  if (wrong !== null) throw invalid(`invalid hexadecimal digit: "${wrong[0]}"`);
  if (digits.length % 2 === 1) throw invalid('invalid hexadecimal data: odd number of digits');
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function toBase64(bytes: Uint8Array): string {
  let result = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const word = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    result += ALPHABET[word >> 18]! + ALPHABET[(word >> 12) & 63]!;
    result += i + 1 < bytes.length ? ALPHABET[(word >> 6) & 63]! : '=';
    result += i + 2 < bytes.length ? ALPHABET[word & 63]! : '=';
  }
  return result;
}

function fromBase64(value: string): Uint8Array {
  const clean = value.replace(/[ \t\n\r]/g, '');
  const wrong = /[^A-Za-z0-9+/=]/u.exec(clean);
  if (wrong !== null) throw invalid(`invalid symbol "${wrong[0]}" found while decoding base64 sequence`);
  if (!/^(?:[^=]{4})*(?:[^=]{2}==|[^=]{3}=)?$/.test(clean)) {
    throw failure(
      'invalidParameterValue',
      { message: 'invalid base64 end sequence' },
      { hint: 'Input data is missing padding, is truncated, or is otherwise corrupted.' },
    );
  }
  const symbols = clean.replaceAll('=', '');
  const bytes = new Uint8Array(Math.floor((symbols.length * 3) / 4));
  let word = 0;
  for (let i = 0, at = 0, bits = 0; i < symbols.length; i++) {
    word = ((word << 6) | ALPHABET.indexOf(symbols[i]!)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (word >> bits) & 255;
    }
  }
  return bytes;
}

function fromEscape(value: string): Uint8Array {
  const source = utf8Bytes(value);
  const bytes: number[] = [];
  for (let i = 0; i < source.length; i++) {
    if (source[i] !== 92) bytes.push(source[i]!);
    else if (source[i + 1] === 92) {
      bytes.push(92);
      i++;
    } else {
      const octal = /^[0-3][0-7]{2}$/.exec(String.fromCharCode(...source.subarray(i + 1, i + 4)));
      if (octal === null) throw failure('invalidByteaText');
      bytes.push(Number.parseInt(octal[0], 8));
      i += 3;
    }
  }
  return Uint8Array.from(bytes);
}

function concatBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const result = new Uint8Array(a.length + b.length);
  result.set(a);
  result.set(b, a.length);
  return result;
}

/** encode, decode and md5, and `||` of bytea. */
export const encodeFunctions: readonly FunctionDefinition[] = [
  simple<[Uint8Array, string]>('encode', ['bytea', 'text'], text, encode),
  simple<[string, string]>('decode', ['text', 'text'], bytea, decode),
  safe<[string]>('md5', ['text'], text, (value) => md5Hex(utf8Bytes(value))),
  safe<[Uint8Array]>('md5', ['bytea'], text, md5Hex),
  safe<[Uint8Array, Uint8Array]>('||', ['bytea', 'bytea'], bytea, concatBytes),
];
