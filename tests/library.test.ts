import { type Client, openClient } from '@millrace/engine';
import { toArquero } from '@millrace/engine/arquero';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from './support/test-server.ts';

describe('the library API', () => {
  let server: TestServer;
  let client: Client;
  beforeAll(async () => {
    server = await startTestServer();
    client = await openClient(server.server.engine);
    await client.query('create table points (id int8, name text, x float8, at timestamptz)');
    const inserted = await client.query('insert into points values ($1, $2, $3, $4), (2, $5, 2.5, null)', [
      9007199254740993n,
      'a',
      1.5,
      1_700_000_000_123_456n,
      null,
    ]);
    expect(inserted.tag).toBe('INSERT 0 2');
  });
  afterAll(async () => {
    await client.close();
    await server.close();
  });

  it('gives rows with exact values', async () => {
    const result = await client.query('select * from points order by id desc');
    expect(result.tag).toBe('SELECT 2');
    expect(result.rows().map((row) => ({ ...row }))).toEqual([
      { id: 9007199254740993n, name: 'a', x: 1.5, at: 1_700_000_000_123_456n },
      { id: 2n, name: null, x: 2.5, at: null },
    ]);
  });

  it('gives an apache-arrow table', async () => {
    const table = (await client.query('select id, name from points order by id')).toArrow();
    expect(table.schema.fields.map((field) => `${field.name} ${field.type}`)).toEqual(['id Int64', 'name Utf8']);
    expect(table.toArray().map((row) => [row?.['id'], row?.['name']])).toEqual([
      [2n, null],
      [9007199254740993n, 'a'],
    ]);
  });

  it('streams apache-arrow record batches', async () => {
    const { batches } = await client.stream('select g from generate_series(1, 5000) g');
    let sum = 0;
    let count = 0;
    for await (const batch of batches) {
      count++;
      for (const row of batch) sum += row['g'] as number;
    }
    expect(sum).toBe((5000 * 5001) / 2);
    expect(count).toBeGreaterThan(1);
  });

  it('gives an arquero table', async () => {
    const table = await toArquero(await client.query('select name, x, id from points order by id'));
    expect(table.columnNames()).toEqual(['name', 'x', 'id']);
    expect(table.objects()).toEqual([
      { name: null, x: 2.5, id: 2n },
      { name: 'a', x: 1.5, id: 9007199254740993n },
    ]);
  });

  it('raises errors with SQLSTATE and goes on', async () => {
    await expect(client.query('select 1 / 0')).rejects.toMatchObject({ sqlstate: '22012' });
    await expect(client.query('select nope')).rejects.toMatchObject({ sqlstate: '42703' });
    expect((await client.query('select 1 as one')).rows().map((row) => ({ ...row }))).toEqual([{ one: 1 }]);
  });

  it('runs transactions', async () => {
    await client.query('begin');
    await client.query("insert into points (id, name) values (7, 'mine')");
    expect((await client.query('select count(*) as n from points')).rows()[0]?.['n']).toBe(3n);
    const other = await openClient(server.server.engine);
    expect((await other.query('select count(*) as n from points')).rows()[0]?.['n']).toBe(2n);
    await client.query('rollback');
    expect((await client.query('select count(*) as n from points')).rows()[0]?.['n']).toBe(2n);
    await other.close();
  });
});
