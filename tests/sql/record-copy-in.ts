/**
 * Asks a PostgreSQL 15 on a port of this machine, as user `anyone` without a password, what it makes of COPY's input, and writes `copy-in.json`:
 *
 *     node --conditions=source --import tsx tests/sql/record-copy-in.ts 5432
 */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { query, RawClient } from '../acceptance/support/raw-client.ts';
import { COPY_IN_CASES, COPY_IN_SETUP, copyIn } from './copy-in.ts';

const client = await RawClient.open(Number(process.argv[2]));
const run = async (sql: string): Promise<void> => {
  client.send(query(sql));
  await client.untilReady();
};
await run("set timezone = 'UTC'; drop table if exists ci, cd, cg");
for (const sql of COPY_IN_SETUP) await run(sql);
const answers: unknown[] = [];
for (const one of COPY_IN_CASES) answers.push({ ...one, answer: await copyIn(client, one) });
await run('drop table ci, cd, cg');
client.close();
const file = join(dirname(fileURLToPath(import.meta.url)), 'copy-in.json');
writeFileSync(file, `${JSON.stringify(answers, null, 1)}\n`);
