import { closeSync, fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import pg from 'pg';

/** Rows per statement into `ledger`; a transaction also writes one row to `totals`, whose generated columns the server computes. */
const ROWS = 3;

/** What writers meant to write and what was acknowledged, on a disk of its own, one line each. */
export class Journal {
  readonly #file: number;
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    this.#file = openSync(path, 'a');
  }

  write(line: string): void {
    writeSync(this.#file, `${line}\n`);
    fdatasyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Statement keys (`writer.seq`) by state. */
  read(): { readonly intended: ReadonlySet<string>; readonly acknowledged: ReadonlySet<string> } {
    const lines = readFileSync(this.path, 'utf8').split('\n');
    const keys = (word: string): Set<string> =>
      new Set(lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1)));
    return { intended: keys('intent'), acknowledged: keys('ack') };
  }
}

async function connect(port: number): Promise<pg.Client> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'writer' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** The tables the workload writes, if they are not there yet. */
export async function createTables(port: number): Promise<void> {
  const client = await connect(port);
  await client.query(
    'create table if not exists ledger (writer int not null, seq int8 not null, line int not null, payload text, region text) partition by list (region)',
  );
  await client.query(
    `create table if not exists totals (writer int not null, seq int8 not null, amount numeric(20,4),
       quarter int8 not null generated always as (seq % 4) stored, label text generated always as (writer::text || '/' || seq::text) stored)`,
  );
  await client.end();
}

function payloadOf(writer: number, seq: number, line: number): string {
  return `${writer}/${seq}/${line}/${'x'.repeat((seq * 7 + line) % 40)}`;
}

/**
 * Writers that never stop by themselves: single INSERTs, transactions over two tables, and a client that checkpoints and does DDL meanwhile. Ends when the
 * server is gone or after `ms`.
 */
export async function runWorkload(
  port: number,
  journal: Journal,
  options: { readonly ms: number; readonly round: number },
): Promise<void> {
  const end = Date.now() + options.ms;
  const writers = [0, 1, 2, 3].map((writer) => writeUntil(port, journal, { writer: options.round * 10 + writer, end }));
  await Promise.allSettled([...writers, disturbUntil(port, end, options.round)]);
}

async function writeUntil(
  port: number,
  journal: Journal,
  run: { readonly writer: number; readonly end: number },
): Promise<void> {
  const client = await connect(port);
  for (let seq = 1; Date.now() < run.end; seq++) {
    const key = `${run.writer}.${seq}`;
    journal.write(`intent ${key}`);
    const parameters = Array.from({ length: ROWS }, (_, line) => [
      run.writer,
      seq,
      line,
      payloadOf(run.writer, seq, line),
      `r${line % 2}`,
    ]).flat();
    const values = Array.from(
      { length: ROWS },
      (_, line) => `(${[1, 2, 3, 4, 5].map((n) => `$${line * 5 + n}`).join(', ')})`,
    );
    const insert = { text: `insert into ledger values ${values.join(', ')}`, values: parameters };
    if (seq % 3 === 0) {
      await client.query('begin');
      await client.query(insert);
      await client.query(`insert into totals (writer, seq, amount) values (${run.writer}, ${seq}, ${seq}.25)`);
      await client.query('commit');
    } else {
      await client.query(insert);
    }
    journal.write(`ack ${key}`);
  }
  await client.end();
}

async function disturbUntil(port: number, end: number, round: number): Promise<void> {
  const client = await connect(port);
  for (let turn = 0; Date.now() < end; turn++) {
    await client.query('checkpoint');
    if (turn % 3 === 0) {
      await client.query(`create table extra_${round}_${turn} (x int)`);
      await client.query(`insert into extra_${round}_${turn} values (1)`);
      await client.query(`drop table extra_${round}_${turn}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await client.end();
}

/** What is wrong with the tables, compared with the journal: nothing, if every promise was kept. */
export async function findViolations(port: number, journal: Journal): Promise<readonly string[]> {
  const client = await connect(port);
  const { intended, acknowledged } = journal.read();
  const seen = new Map<string, string[]>();
  const add = (key: string, row: string): void => void seen.set(key, [...(seen.get(key) ?? []), row]);
  for (const row of (
    await client.query({ text: 'select writer, seq, line, payload, region from ledger', rowMode: 'array' })
  ).rows as unknown[][]) {
    add(`${row[0]}.${row[1]}`, `${row[2]}|${row[3]}|${row[4]}`);
  }
  const totals = { text: 'select writer, seq, amount, quarter, label from totals', rowMode: 'array' } as const;
  for (const row of (await client.query(totals)).rows as unknown[][]) {
    add(`${row[0]}.${row[1]}`, `total ${row[2]} ${row[3]} ${row[4]}`);
  }
  await client.end();
  const violations: string[] = [];
  for (const key of acknowledged) if (!seen.has(key)) violations.push(`lost: ${key} was acknowledged`);
  for (const [key, rows] of seen) {
    if (!intended.has(key)) violations.push(`phantom: ${key} was never written`);
    const expected = expectedRows(key).sort();
    if (JSON.stringify([...rows].sort()) !== JSON.stringify(expected)) {
      violations.push(`${key}: ${JSON.stringify(rows)} instead of ${JSON.stringify(expected)}`);
    }
  }
  return violations;
}

function expectedRows(key: string): string[] {
  const [writer = 0, seq = 0] = key.split('.').map(Number);
  const rows = Array.from({ length: ROWS }, (_, line) => `${line}|${payloadOf(writer, seq, line)}|r${line % 2}`);
  return seq % 3 === 0 ? [...rows, `total ${seq}.2500 ${seq % 4} ${writer}/${seq}`] : rows;
}
