import { ByteWriter } from '@millrace/core';

/** What a client sends, message by message. */
type Part = string | number[] | Uint8Array;

/** A message: strings are zero-terminated, arrays are bytes. */
export function message(type: string, ...parts: readonly Part[]): Uint8Array {
  const out = new ByteWriter();
  out.uint8(type.charCodeAt(0));
  out.int32(0);
  writeParts(out, parts);
  out.patchInt32(1, out.length - 1);
  return out.take();
}

/** A message without a type: startup, SSLRequest, CancelRequest. */
export function untyped(code: number, ...parts: readonly Part[]): Uint8Array {
  const out = new ByteWriter();
  out.int32(0);
  out.int32(code | 0);
  writeParts(out, parts);
  out.patchInt32(0, out.length);
  return out.take();
}

function writeParts(out: ByteWriter, parts: readonly Part[]): void {
  for (const part of parts) {
    if (typeof part === 'string') out.cstring(part);
    else out.bytes(Uint8Array.from(part));
  }
}

export const int16 = (value: number): number[] => [(value >> 8) & 0xff, value & 0xff];
export const int32 = (value: number): number[] => [...int16(value >>> 16), ...int16(value)];

export const startup = (version: number, ...pairs: readonly string[]): Uint8Array => untyped(version, ...pairs, '');
export const login: Uint8Array = startup(0x30000, 'user', 'ann');
export const sslRequest: Uint8Array = untyped(80877103);
export const gssencRequest: Uint8Array = untyped(80877104);
export const cancelRequest = (processId: number, key: Uint8Array): Uint8Array =>
  untyped(80877102, int32(processId), key);

export const query = (sql: string): Uint8Array => message('Q', sql);
export const parse = (name: string, sql: string, oids: readonly number[] = []): Uint8Array =>
  message('P', name, sql, int16(oids.length), oids.flatMap(int32));
export const describeStatement = (name: string): Uint8Array => message('D', [83], name);
export const describePortal = (name: string): Uint8Array => message('D', [80], name);
export const closeStatement = (name: string): Uint8Array => message('C', [83], name);
export const closePortal = (name: string): Uint8Array => message('C', [80], name);
export const execute = (portal = '', rowsMax = 0): Uint8Array => message('E', portal, int32(rowsMax));
export const sync: Uint8Array = message('S');
export const flush: Uint8Array = message('H');
export const terminate: Uint8Array = message('X');

/** Bind with text parameters (null = NULL, Uint8Array = as it is) and format codes. */
export function bind(
  portal: string,
  statement: string,
  parameters: readonly (string | Uint8Array | null)[] = [],
  formats: { readonly parameters?: readonly number[]; readonly results?: readonly number[] } = {},
): Uint8Array {
  const out = new ByteWriter();
  const given = formats.parameters ?? [];
  out.int16(given.length);
  for (const code of given) out.int16(code);
  out.int16(parameters.length);
  for (const parameter of parameters) {
    if (parameter === null) {
      out.int32(-1);
      continue;
    }
    const bytes = typeof parameter === 'string' ? new TextEncoder().encode(parameter) : parameter;
    out.int32(bytes.length);
    out.bytes(bytes);
  }
  const results = formats.results ?? [];
  out.int16(results.length);
  for (const code of results) out.int16(code);
  return message('B', portal, statement, out.take());
}

/** Several messages as one chunk. */
export function join(...chunks: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(chunks);
}

/** Parse, Bind and Execute of an unnamed statement, parameters as text. */
export function run(sql: string, ...parameters: readonly (string | null)[]): Uint8Array[] {
  return [parse('', sql), bind('', '', parameters), execute()];
}
