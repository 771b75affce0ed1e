import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf, startTestServer, type TestServer } from './support/test-server.ts';

// The session of the README's first five minutes, statement by statement.
describe("a newcomer's first five minutes", () => {
  let server: TestServer;
  let client: pg.Client;
  beforeAll(async () => {
    server = await startTestServer();
    client = await server.connect();
  });
  afterAll(() => server.close());

  it('creates the table', async () => {
    const result =
      await client.query(`create table events (ts timestamptz not null, project_id text not null, day date not null, name text,
      status int, latency float8, tags text[], attrs jsonb default '{}') partition by list (project_id, day)`);
    expect(result.command).toBe('CREATE');
  });

  it('inserts, and sees the rows at once', async () => {
    const result = await client.query(
      `insert into events (ts, project_id, day, name, status, latency) values
       (now(), 'p1', current_date, 'GET /', 200, 1.5), (now(), 'p1', current_date, 'GET /', 500, 2.5), (now(), 'p2', current_date, 'POST /', 201, null)`,
    );
    expect(result.rowCount).toBe(3);
    expect(
      await rowsOf(
        client,
        `select name, count(*), avg(latency) from events where project_id = 'p1' group by name order by 2 desc limit 10`,
      ),
    ).toEqual([['GET /', '2', '2']]);
    expect(await rowsOf(client, `select attrs, tags from events where project_id = 'p2'`)).toEqual([['{}', null]]);
  });

  it('explains which rules changed the plan', async () => {
    const lines = (
      await rowsOf(client, `explain (rules) select name from events where project_id = 'p1' order by ts limit 3`)
    )
      .map(([line]) => line)
      .join('\n');
    expect(lines).toContain('push-filter-into-scan');
    expect(lines).toContain('prune-columns');
    expect(lines).toContain('sort-limit-to-topk');
    expect(lines).toMatch(/^\s*- /m);
    expect(lines).toMatch(/^\s*\+ /m);
  });

  it('shows full scans, filters where SQL wrote them and no top-k with all rules off', async () => {
    await client.query(`set millrace.disabled_rules = 'all'`);
    const lines = (await rowsOf(client, `explain select name from events where project_id = 'p1' order by ts limit 3`))
      .map(([line]) => line)
      .join('\n');
    await client.query('reset millrace.disabled_rules');
    expect(lines).toMatch(/Filter/);
    expect(lines).toMatch(/Sort/);
    expect(lines).toMatch(/Limit/);
    expect(lines).not.toMatch(/Top-?K/i);
    for (const column of ['ts', 'project_id', 'day', 'name', 'status', 'latency', 'tags', 'attrs'])
      expect(lines).toContain(column);
  });

  it('has everything in Delta after a checkpoint, and the same rows', async () => {
    const before = await rowsOf(client, 'select * from events order by project_id, status');
    await client.query('checkpoint');
    expect(await rowsOf(client, 'select * from events order by project_id, status')).toEqual(before);
  });

  it('has the same rows after a restart, once', async () => {
    await client.query(
      `insert into events (ts, project_id, day) values ('2024-01-02 03:04:05.123456+00', 'p3', '2024-01-02')`,
    );
    const before = await rowsOf(client, 'select * from events order by project_id, status');
    server = await server.restart();
    client = await server.connect();
    expect(await rowsOf(client, 'select * from events order by project_id, status')).toEqual(before);
    expect(before).toHaveLength(4);
  });
});
