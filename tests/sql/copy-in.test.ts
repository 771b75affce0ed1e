import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outline, query, RawClient } from '../acceptance/support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { COPY_IN_CASES, COPY_IN_SETUP, type CopyInAnswer, type CopyInCase, copyIn } from './copy-in.ts';

/** PostgreSQL 15's answers; `record-copy-in.ts` writes them. */
const RECORDED = JSON.parse(
  readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'copy-in.json'), 'utf8'),
) as readonly (CopyInCase & { readonly answer: CopyInAnswer })[];

let server: TestServer;
let client: RawClient;
const run = async (sql: string): Promise<void> => {
  client.send(query(sql));
  expect(outline(await client.untilReady()).filter((one) => one.startsWith('ERROR'))).toEqual([]);
};

beforeAll(async () => {
  server = await startTestServer();
  client = await RawClient.open(server.port);
  await run("set timezone = 'UTC'");
  for (const sql of COPY_IN_SETUP) await run(sql);
});
afterAll(async () => {
  client.close();
  await server.close();
});

const nameOf = ({ sql, data, fail }: CopyInCase): string =>
  `${sql} ${JSON.stringify(data).slice(0, 60)}${fail === undefined ? '' : ` fails: ${fail}`}`;

describe('COPY ... FROM STDIN', () => {
  it('is recorded', () => expect(RECORDED.map(({ answer: _, ...one }) => one)).toEqual(COPY_IN_CASES));

  it.each(RECORDED.map((one) => [nameOf(one), one] as const))('answers as PostgreSQL: %s', async (_, one) => {
    expect(await copyIn(client, one)).toEqual(one.answer);
  });

  it('gives the same for every byte in a CopyData of its own', async () => {
    for (const one of RECORDED) {
      const answer = await copyIn(client, one, (data) => Array.from(data, (_, i) => data.subarray(i, i + 1)));
      expect(answer, nameOf(one)).toEqual(one.answer);
    }
  });
});
