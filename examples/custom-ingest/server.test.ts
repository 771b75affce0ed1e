import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CatalogTable, types } from '@millrace/core';
import { ingestHookSuite } from '@millrace/testkit/vitest';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { countProjects, projectsOnly, startIngestServer } from './server.ts';

/** What the hook sees of the table that the tests below create. */
const requests: CatalogTable = {
  oid: 16384,
  tableId: 'requests',
  schemaId: 1,
  schemaName: 'public',
  name: 'requests',
  columns: ['project_id', 'name'].map((name) => ({
    name,
    type: types.text,
    nullable: name === 'name',
    defaultSql: null,
    defaultExpr: null,
  })),
  partitionColumns: [],
  options: {},
  location: null,
  isSystem: false,
};
ingestHookSuite({
  hook: projectsOnly,
  table: requests,
  values: { project_id: ['p1', 'p2', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'x'], name: ['GET /', 'GET /health'] },
});

const counting = countProjects();
ingestHookSuite({ hook: counting, table: requests, effect: () => [...counting.counts, counting.missed] });

const directory = mkdtempSync(join(tmpdir(), 'millrace-example-'));
let server: Awaited<ReturnType<typeof startIngestServer>>;
let client: pg.Client;

beforeAll(async () => {
  server = await startIngestServer(directory, 0);
  client = new pg.Client({ host: '127.0.0.1', port: server.port, user: 'anyone' });
  await client.connect();
  await client.query('create table requests (project_id text not null, name text)');
});
afterAll(async () => {
  await client.end();
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

it('drops health checks on every way in', async () => {
  await client.query("insert into requests values ('p1', 'GET /'), ('p1', 'GET /health')");
  await client.query('insert into requests values ($1, $2), ($1, $3)', ['p2', 'GET /health', 'POST /']);
  await client.query("insert into requests select 'p3', name from requests where name = 'GET /'");
  const { rows } = await client.query('select project_id, name from requests order by project_id');
  expect(rows).toEqual([
    { project_id: 'p1', name: 'GET /' },
    { project_id: 'p2', name: 'POST /' },
    { project_id: 'p3', name: 'GET /' },
  ]);
});

it('counts what became durable, after the hook before it dropped health checks', async () => {
  await expect
    .poll(() => [...server.counts].sort())
    .toEqual([
      ['p1', 1],
      ['p2', 1],
      ['p3', 1],
    ]);
});

it('refuses unknown projects, whole statements at a time', async () => {
  await expect(client.query("insert into requests values ('p1', 'ok'), ('x', 'no')")).rejects.toMatchObject({
    code: '42501',
  });
  const { rows } = await client.query("select count(*)::int as n from requests where name in ('ok', 'no')");
  expect(rows).toEqual([{ n: 0 }]);
});

it('runs without the rule that it switched off', async () => {
  const plan = await client.query('explain select name from requests order by name limit 1');
  expect(plan.rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n')).toMatch(/Limit[\s\S]*Sort/);
});
