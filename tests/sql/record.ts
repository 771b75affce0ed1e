/**
 * Asks a PostgreSQL 15 for the answers of case files and writes them down:
 *
 *     node --conditions=source --import tsx tests/sql/record.ts postgres://postgres@127.0.0.1:5432/postgres FILE...
 *
 * Answers that are marked as differences stay as they are, and their statements are not run. It uses the schema `millrace_cases`, which it drops first.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import pg from 'pg';
import { answerOf, parseCases, printCases, proseOf, type SqlCase } from './case-file.ts';

async function recordFile(connectionString: string, file: string): Promise<void> {
  const text = readFileSync(file, 'utf8');
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(`set client_min_messages = error; drop schema if exists millrace_cases cascade;
    create schema millrace_cases; set search_path = millrace_cases; set timezone = 'UTC'; reset client_min_messages`);
  const cases: SqlCase[] = [];
  for (const each of parseCases(text)) {
    cases.push(each.difference === null ? { ...each, answer: await answerOf(client, each.sql) } : each);
  }
  await client.end();
  writeFileSync(file, `${proseOf(text)}\n${printCases(cases)}\n`);
}

const [connectionString = '', ...files] = process.argv.slice(2);
for (const file of files) await recordFile(connectionString, file);
