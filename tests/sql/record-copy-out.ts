/**
 * Asks a PostgreSQL 15 on a port of this machine, as user `anyone` without a password, what COPY sends, and writes `copy-out.json`:
 *
 *     node --conditions=source --import tsx tests/sql/record-copy-out.ts 5432
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { query, RawClient } from '../acceptance/support/raw-client.ts';
import { COPY_SETUP, COPY_STATEMENTS, copyOut } from './copy-out.ts';

const client = await RawClient.open(Number(process.argv[2]));
const run = async (sql: string): Promise<void> => {
  client.send(query(sql));
  await client.untilReady();
};
await run("set timezone = 'UTC'; drop table if exists ct, cw");
for (const sql of COPY_SETUP) await run(sql);
const answers: Record<string, unknown> = {};
for (const sql of COPY_STATEMENTS) answers[sql] = await copyOut(client, sql);
await run('drop table ct, cw');
client.close();
const file = join(dirname(fileURLToPath(import.meta.url)), 'copy-out.json');
writeFileSync(file, `${JSON.stringify(answers, null, 1)}\n`);
