import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MillraceError } from '../errors/millrace-error.ts';
import { arrayOf, type DataType, types } from '../types/data-type.ts';
import { createVectorBuilder } from '../vector/builder.ts';
import { ByteWriter } from './byte-writer.ts';
import { DEFAULT_FORMAT } from './default-format.ts';
import { encodeText } from './encode-text.ts';
import { utf8Bytes } from './utf8.ts';
import { valueFromText } from './value-from-text.ts';
import { valueToText } from './value-to-text.ts';

/** What PostgreSQL 15 (UTC, C locale) answered to each literal: its output, or `ERR sqlstate message | detail`. */
type Answers = Readonly<Record<string, Readonly<Record<string, string>>>>;
const ANSWERS = JSON.parse(readFileSync(new URL('./postgres-literals.json', import.meta.url), 'utf8')) as Answers;

function typeNamed(name: string): DataType {
  if (name.endsWith('[]')) return arrayOf(typeNamed(name.slice(0, -2)));
  if (name === '"char"') return types.char;
  const match = /^(\w+)\((\d+)(?:,(\d+))?\)$/.exec(name);
  if (match === null) return types[name as keyof typeof types];
  const size = Number(match[2]);
  if (match[1] === 'numeric') return { kind: 'numeric', precision: size, scale: Number(match[3] ?? 0) };
  return { kind: match[1] === 'char' ? 'bpchar' : 'varchar', length: size };
}

function outcome(run: () => string): string {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    const detail = error.info.detail === undefined ? '' : ` | ${error.info.detail}`;
    return `ERR ${error.sqlstate} ${error.message}${detail}`;
  }
}

/** Text bytes into a vector and out of it again, with other bytes on both sides. */
function throughVector(type: DataType, literal: string): string {
  const bytes = utf8Bytes(`7${literal}7`);
  const builder = createVectorBuilder(type);
  builder.appendText(bytes, 1, bytes.length - 1, DEFAULT_FORMAT);
  const out = new ByteWriter();
  encodeText(builder.finish(), 0, DEFAULT_FORMAT, out);
  return new TextDecoder().decode(out.view());
}

describe.each(Object.entries(ANSWERS))('literals of %s', (name, answers) => {
  const type = typeNamed(name);
  // The oracle was asked for `value::text`, which strips a bpchar's blanks.
  const shown = (text: string): string => (type.kind === 'bpchar' && !text.startsWith('ERR') ? text.trimEnd() : text);

  it('read and print as in PostgreSQL', () => {
    const got = Object.keys(answers).map((literal) => [
      literal,
      shown(outcome(() => valueToText(type, valueFromText(type, literal)))),
    ]);
    expect(Object.fromEntries(got)).toEqual(answers);
  });

  it('do so through a vector as well', () => {
    const got = Object.keys(answers).map((literal) => [literal, shown(outcome(() => throughVector(type, literal)))]);
    expect(Object.fromEntries(got)).toEqual(answers);
  });
});
