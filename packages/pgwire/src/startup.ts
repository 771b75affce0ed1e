import { failure } from '@millrace/core';
import { BodyReader, violation } from './body-reader.ts';

/** The newest version that is spoken: major << 16 | minor. */
export const PROTOCOL_3_2: number = 0x3_0002;

const CANCEL_REQUEST = 80877102;
const SSL_REQUEST = 80877103;
const GSSENC_REQUEST = 80877104;
const CANCEL_KEY_BYTES_MAX = 256;

/** The first message of a connection. */
export type StartupMessage =
  | { readonly kind: 'ssl' | 'gssenc' | 'nonsense' }
  | { readonly kind: 'cancel'; readonly processId: number; readonly key: Uint8Array }
  /** A protocol that is not spoken; 1 and 2 get their answer in the old style. */
  | { readonly kind: 'wrong-version'; readonly isAncient: boolean; readonly message: string }
  | { readonly kind: 'startup'; readonly startup: StartupPacket };

/** What a client asked for before its session began. */
export interface StartupPacket {
  /** What will be spoken: the client's version, at most 3.2. */
  readonly version: number;
  /** True if the client asked for something newer or for protocol options: it gets NegotiateProtocolVersion. */
  readonly needsNegotiation: boolean;
  readonly unknownOptions: readonly string[];
  readonly user: string;
  readonly database: string;
  readonly replication: string | null;
  /** `options`, not yet split. */
  readonly options: string | null;
  /** Everything else, in order: settings. */
  readonly settings: readonly (readonly [name: string, value: string])[];
}

/** Reads a startup message's body. `encryptionAsked`: what was answered already is not asked again. Throws 08P01 and 28000. */
export function parseStartup(
  body: Uint8Array,
  encryptionAsked: { readonly ssl: boolean; readonly gssenc: boolean },
): StartupMessage {
  const reader = new BodyReader(body);
  const code = reader.uint32();
  if (code === CANCEL_REQUEST) return parseCancel(body);
  if (code === SSL_REQUEST && !encryptionAsked.ssl) return { kind: 'ssl' };
  if (code === GSSENC_REQUEST && !encryptionAsked.gssenc) return { kind: 'gssenc' };
  const major = code >>> 16;
  if (major !== 3) {
    const message = `unsupported frontend protocol ${major}.${code & 0xffff}: server supports 3.0 to 3.2`;
    return { kind: 'wrong-version', isAncient: major === 1 || major === 2, message };
  }
  return { kind: 'startup', startup: parsePacket(code, body) };
}

/** processId and a key of 4 to 256 bytes; anything else is not answered either. */
function parseCancel(body: Uint8Array): StartupMessage {
  const keyBytes = body.length - 8;
  if (keyBytes < 4 || keyBytes > CANCEL_KEY_BYTES_MAX) return { kind: 'nonsense' };
  const reader = new BodyReader(body.subarray(4));
  return { kind: 'cancel', processId: reader.int32(), key: reader.bytes(keyBytes) };
}

function parsePacket(version: number, body: Uint8Array): StartupPacket {
  const pairs = parsePairs(body);
  const named = new Map<string, string>();
  const settings: [string, string][] = [];
  const unknownOptions: string[] = [];
  for (const [name, value] of pairs) {
    if (name === 'user' || name === 'database' || name === 'options' || name === 'replication') named.set(name, value);
    else if (name.startsWith('_pq_.')) unknownOptions.push(name);
    else settings.push([name, value]);
  }
  const user = named.get('user') ?? '';
  if (user === '') {
    throw failure('invalidAuthorization', { message: 'no PostgreSQL user name specified in startup packet' });
  }
  return {
    version: Math.min(version, PROTOCOL_3_2),
    needsNegotiation: version > PROTOCOL_3_2 || unknownOptions.length > 0,
    unknownOptions,
    user,
    database: named.get('database') || user,
    replication: named.get('replication') ?? null,
    options: named.get('options') ?? null,
    settings,
  };
}

/** Name and value strings up to an empty name, which must be the body's last byte. */
function parsePairs(body: Uint8Array): [string, string][] {
  const reader = new BodyReader(body.subarray(4));
  const pairs: [string, string][] = [];
  const layout = violation('invalid startup packet layout: expected terminator as last byte');
  if (body.at(-1) !== 0) throw layout;
  let left = body.length - 4;
  while (left > 1) {
    const name = reader.cstring();
    left -= utf8Size(name) + 1;
    if (name === '') throw layout;
    if (left <= 1) throw layout;
    const value = reader.cstring();
    left -= utf8Size(value) + 1;
    pairs.push([name, value]);
  }
  if (left !== 1) throw layout;
  return pairs;
}

function utf8Size(text: string): number {
  return new TextEncoder().encode(text).length;
}

/**
 * The settings of `options`: words separated by white space, a backslash takes the next character as it is; `-c name=value`, `-cname=value` and
 * `--name=value` (where `-` in the name is `_`). Anything else is 42601.
 */
export function parseOptions(options: string): (readonly [name: string, value: string])[] {
  const words = splitWords(options);
  const settings: [string, string][] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    let assignment: string;
    if (word === '-c') assignment = words[++i] ?? '';
    else if (word.startsWith('-c')) assignment = word.slice(2);
    else if (word.startsWith('--')) assignment = word.slice(2);
    else throw failure('syntaxError', { message: `invalid command-line argument for server process: ${word}` });
    const equals = assignment.indexOf('=');
    if (equals < 0) {
      const shown = word.startsWith('--') ? word : `-c ${assignment}`;
      throw failure('syntaxError', { message: `${shown} requires a value` });
    }
    settings.push([assignment.slice(0, equals).replaceAll('-', '_'), assignment.slice(equals + 1)]);
  }
  return settings;
}

function splitWords(options: string): string[] {
  const words: string[] = [];
  let word = '';
  let isWord = false;
  for (let i = 0; i < options.length; i++) {
    const char = options[i]!;
    if (/\s/.test(char)) {
      if (isWord) words.push(word);
      word = '';
      isWord = false;
      continue;
    }
    isWord = true;
    if (char === '\\') word += options[++i] ?? '';
    else word += char;
  }
  if (isWord) words.push(word);
  return words;
}
