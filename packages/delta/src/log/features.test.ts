import { describe, expect, test } from 'vitest';
import type { MetaData, Protocol } from './actions.ts';
import { assertReadable, assertWritable, protocolFor, readerFeatures, writerFeatures } from './features.ts';

const metaData: MetaData = {
  id: 'x',
  format: { provider: 'parquet', options: {} },
  schemaString: '{"type":"struct","fields":[{"name":"a","type":"long","nullable":true,"metadata":{}}]}',
  partitionColumns: [],
  configuration: {},
};
const legacy = (minReaderVersion: number, minWriterVersion: number): Protocol => ({
  minReaderVersion,
  minWriterVersion,
});
const listed = (readers: string[], writers: string[]): Protocol => ({
  minReaderVersion: 3,
  minWriterVersion: 7,
  readerFeatures: readers,
  writerFeatures: writers,
});
const refuses = (feature: string) =>
  expect.objectContaining({ sqlstate: '0A000', message: `${feature} is not supported` });

test('versions imply their features', () => {
  expect(readerFeatures(legacy(1, 2))).toEqual([]);
  expect(writerFeatures(legacy(1, 2))).toEqual(['appendOnly', 'invariants']);
  expect(readerFeatures(legacy(2, 5))).toEqual(['columnMapping']);
  expect([...writerFeatures(legacy(2, 6))].sort()).toEqual([
    ...[
      'appendOnly',
      'changeDataFeed',
      'checkConstraints',
      'columnMapping',
      'generatedColumns',
      'identityColumns',
      'invariants',
    ],
  ]);
});

describe('reading', () => {
  test('known versions and features', () => {
    for (const protocol of [
      legacy(1, 2),
      legacy(1, 6),
      legacy(2, 5),
      listed(['timestampNtz', 'vacuumProtocolCheck'], []),
    ]) {
      assertReadable(protocol, metaData);
    }
    assertReadable(listed([], ['rowTracking', 'somethingNew']), metaData);
  });
  test('unknown and unsupported ones are named', () => {
    expect(() => assertReadable(listed(['timestampNtz', 'v2Checkpoint'], []), metaData)).toThrow(
      refuses('Delta reader feature "v2Checkpoint"'),
    );
    expect(() => assertReadable(listed(['somethingNew'], []), metaData)).toThrow(
      refuses('Delta reader feature "somethingNew"'),
    );
    expect(() => assertReadable(legacy(4, 7), metaData)).toThrow(refuses('Delta reader version 4'));
    expect(() => assertReadable(legacy(1, 2), { ...metaData, format: { provider: 'orc', options: {} } })).toThrow(
      refuses('Delta format orc'),
    );
  });
  test('column mapping only when it is on', () => {
    const mapped = { ...metaData, configuration: { 'delta.columnMapping.mode': 'name' } };
    assertReadable(legacy(2, 5), metaData);
    expect(() => assertReadable(legacy(2, 5), mapped)).toThrow(refuses('Delta reader feature "columnMapping"'));
  });
});

describe('writing', () => {
  test('what a table uses, not what it lists', () => {
    assertWritable(legacy(1, 6), metaData);
    const constrained = { ...metaData, configuration: { 'delta.constraints.positive': 'a > 0' } };
    expect(() => assertWritable(legacy(1, 3), constrained)).toThrow(refuses('Delta writer feature "checkConstraints"'));
    const invariant = { ...metaData, schemaString: metaData.schemaString.replace('{}', '{"delta.invariants":"x"}') };
    expect(() => assertWritable(legacy(1, 2), invariant)).toThrow(refuses('Delta writer feature "invariants"'));
    const generated = {
      ...metaData,
      schemaString: metaData.schemaString.replace('{}', '{"delta.generationExpression":"x"}'),
    };
    expect(() => assertWritable(legacy(1, 4), generated)).toThrow(refuses('Delta writer feature "generatedColumns"'));
  });
  test('unknown features and versions', () => {
    expect(() => assertWritable(listed([], ['appendOnly', 'somethingNew']), metaData)).toThrow(
      refuses('Delta writer feature "somethingNew"'),
    );
    expect(() => assertWritable(listed([], ['rowTracking']), metaData)).toThrow(
      refuses('Delta writer feature "rowTracking"'),
    );
    expect(() => assertWritable(legacy(1, 8), metaData)).toThrow(refuses('Delta writer version 8'));
  });
});

test('the protocol of a new table is the least that it needs', () => {
  expect(protocolFor({ timestampNtz: false, generatedColumns: false })).toEqual({
    minReaderVersion: 1,
    minWriterVersion: 2,
  });
  const ntz = protocolFor({ timestampNtz: true, generatedColumns: false });
  expect(ntz).toEqual(listed(['timestampNtz'], ['appendOnly', 'invariants', 'timestampNtz']));
  assertWritable(ntz, metaData);
  const generated = protocolFor({ timestampNtz: false, generatedColumns: true });
  expect(generated).toEqual({
    minReaderVersion: 1,
    minWriterVersion: 7,
    writerFeatures: ['appendOnly', 'invariants', 'millrace.generatedColumns'],
  });
  const both = protocolFor({ timestampNtz: true, generatedColumns: true });
  expect(both.readerFeatures).toEqual(['timestampNtz']);
  expect(both.writerFeatures).toContain('millrace.generatedColumns');
  assertWritable(generated, metaData);
  assertWritable(both, metaData);
});
