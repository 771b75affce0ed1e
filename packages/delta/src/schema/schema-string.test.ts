import { arrayOf, type DataType, type Schema, types } from '@millrace/core';
import { describe, expect, test } from 'vitest';
import { assertStorable, formatSchemaString, needsTimestampNtz, parseSchemaString } from './schema-string.ts';

const scalars: readonly DataType[] = [
  ...[
    types.bool,
    types.int2,
    types.int4,
    types.int8,
    types.float4,
    types.float8,
    types.numeric,
    types.text,
    types.varchar,
  ],
  ...[
    types.bytea,
    types.date,
    types.timestamp,
    types.timestamptz,
    types.uuid,
    types.json,
    types.jsonb,
    types.name,
    types.oid,
  ],
  { kind: 'numeric', precision: 38, scale: 38 },
  { kind: 'numeric', precision: 10, scale: 0 },
  { kind: 'varchar', length: 10 },
  { kind: 'bpchar', length: 3 },
];
const field = (name: string, type: DataType, nullable = true): Schema['fields'][number] => ({ name, type, nullable });

test('every type comes back, and its arrays', () => {
  const fields = scalars.flatMap((type, i) => [field(`c${i}`, type, i % 2 === 0), field(`a${i}`, arrayOf(type))]);
  expect(parseSchemaString(formatSchemaString({ fields }))).toEqual({ fields });
});

test('the text is what other engines read', () => {
  const fields = [field('a', types.int8, false), field('u', types.uuid), field('t', arrayOf(types.timestamp))];
  expect(JSON.parse(formatSchemaString({ fields }))).toEqual({
    type: 'struct',
    fields: [
      { name: 'a', type: 'long', nullable: false, metadata: {} },
      { name: 'u', type: 'string', nullable: true, metadata: { 'millrace.pgType': 'uuid' } },
      {
        name: 't',
        type: { type: 'array', elementType: 'timestamp_ntz', containsNull: true },
        nullable: true,
        metadata: {},
      },
    ],
  });
});

test('another engine altered the column: its type counts, not the kept one', () => {
  const text = formatSchemaString({ fields: [field('u', types.uuid)] }).replace('"string"', '"long"');
  expect(parseSchemaString(text).fields[0]!.type).toEqual(types.int8);
});

test('foreign types', () => {
  const of = (type: unknown): DataType =>
    parseSchemaString(JSON.stringify({ type: 'struct', fields: [{ name: 'c', type, nullable: true, metadata: {} }] }))
      .fields[0]!.type;
  expect(of('byte')).toEqual(types.int2);
  expect(of('decimal(5, 2)')).toEqual({ kind: 'numeric', precision: 5, scale: 2 });
  expect(of({ type: 'array', elementType: 'string', containsNull: false })).toEqual(arrayOf(types.text));
  for (const type of [
    'variant',
    'void',
    { type: 'struct', fields: [] },
    { type: 'map', keyType: 'string', valueType: 'long' },
  ]) {
    expect(() => of(type)).toThrow(
      expect.objectContaining({ sqlstate: '0A000', message: expect.stringContaining('"c"') }),
    );
  }
  for (const bad of [
    '',
    '{',
    '[]',
    '{"type":"struct"}',
    '{"type":"struct","fields":[{}]}',
    '{"type":"struct","fields":[{"name":"a"}]}',
  ]) {
    expect(() => parseSchemaString(bad), bad).toThrow(expect.objectContaining({ sqlstate: 'XX001' }));
  }
});

describe('what a Delta table cannot hold is refused before anything is logged', () => {
  const refused = (fields: Schema['fields'], partitionColumns: readonly string[] = []): string => {
    try {
      assertStorable({ fields }, partitionColumns);
    } catch (error) {
      return (error as { sqlstate: string }).sqlstate;
    }
    return 'accepted';
  };
  const a = field('a', types.int4);
  test('types', () => {
    expect(refused([field('i', types.interval)])).toBe('0A000');
    expect(refused([field('i', arrayOf(types.interval))])).toBe('0A000');
    expect(refused([field('n', { kind: 'numeric', precision: 39, scale: 0 })])).toBe('0A000');
    expect(refused([field('n', { kind: 'numeric', precision: 5, scale: 6 })])).toBe('0A000');
    expect(refused([field('n', { kind: 'numeric', precision: 5, scale: -1 })])).toBe('0A000');
    expect(refused(scalars.map((type, i) => field(`c${i}`, type)))).toBe('accepted');
  });
  test('names', () => {
    expect(refused([a, field('A', types.int4)])).toBe('0A000');
    expect(refused([a, a])).toBe('42701');
    expect(refused([a, field('b c', types.int4)])).toBe('0A000');
    expect(refused([a, field('été', types.int4), field('x.y', types.int4)])).toBe('accepted');
  });
  test('partition columns', () => {
    expect(refused([a, field('p', types.text)], ['p'])).toBe('accepted');
    expect(refused([a, field('p', types.jsonb)], ['p'])).toBe('0A000');
    expect(refused([a, field('p', arrayOf(types.text))], ['p'])).toBe('0A000');
    expect(refused([a], ['q'])).toBe('42703');
    expect(refused([a], ['a'])).toBe('42P16');
  });
});

test('timestamp_ntz is found in arrays too', () => {
  expect(needsTimestampNtz({ fields: [field('a', types.timestamptz)] })).toBe(false);
  expect(needsTimestampNtz({ fields: [field('a', arrayOf(types.timestamp))] })).toBe(true);
});
