import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf, startTestServer, type TestServer } from '../../support/test-server.ts';
import { createTableSql, EVENTS, TELEMETRY } from './columns.ts';
import { drive } from './drive.ts';
import { FrameScanner } from './frame-scanner.ts';
import { message, text } from './messages.ts';
import { makeRows } from './rows.ts';
import { enlargeCopy, makeUnits, retarget, type UnitOptions, type WayIn } from './units.ts';
import { WireClient } from './wire-client.ts';

const WAYS: readonly WayIn[] = ['prepared', 'binary', 'text', 'copy-text', 'copy-csv', 'copy-binary'];
const ROWS = 48;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const connect = (): Promise<WireClient> => WireClient.connect({ port: server.port, user: 'bench', database: 'bench' });

/** Every unit `times` times over `connections`; what the table then holds. */
async function load(options: UnitOptions, connections: number, times: number): Promise<unknown[][]> {
  const admin = await server.connect();
  await admin.query(createTableSql(options.table, options.columns));
  const { prepare, units } = makeUnits(options);
  const clients = await Promise.all(Array.from({ length: connections }, connect));
  for (const client of clients) if (prepare.length > 0) await client.exchange(prepare);
  const driven = await drive(clients, units, { seconds: 60, unitsMax: units.length * times });
  for (const client of clients) client.close();
  expect(driven.rows).toBe(ROWS * times);
  expect([...driven.sent]).toEqual(units.map(() => times));
  expect(driven.latency.count).toBe(units.length * times);
  return rowsOf(admin, `select * from ${options.table}`);
}

const sorted = (rows: readonly (readonly unknown[])[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

describe("the bench's client", () => {
  describe.each([
    ['10 columns', EVENTS],
    ['88 columns', TELEMETRY],
  ] as const)('%s', (name, columns) => {
    const rows = makeRows(columns, ROWS);

    it.each(WAYS)('brings every row in, by %s', async (way) => {
      const table = `${way}_${name}`.replaceAll(/\W/g, '_');
      const stored = await load({ table, columns, rows, way, rowsPerStatement: 4, pipelined: 3 }, 3, 2);
      expect(sorted(stored)).toEqual(sorted([...rows, ...rows]));
    });
  });

  it('writes a COPY that is larger than what a socket takes', async () => {
    const columns = EVENTS;
    const data = makeRows(columns, ROWS).map((row) => row.map((cell, at) => (at === 9 ? 'x'.repeat(100_000) : cell)));
    const stored = await load(
      { table: 'large', columns, rows: data, way: 'copy-text', rowsPerStatement: ROWS, pipelined: 1 },
      1,
      1,
    );
    expect(sorted(stored)).toEqual(sorted(data));
  });

  it('repeats the data of one COPY', async () => {
    const rows = makeRows(EVENTS, ROWS);
    const options = { columns: EVENTS, rows, way: 'copy-csv', rowsPerStatement: ROWS, pipelined: 1 } as const;
    const [small] = makeUnits({ ...options, table: 'repeated' }).units;
    const bytes = small?.body.reduce((sum, chunk) => sum + chunk.length, 0) ?? 0;
    const { units } = enlargeCopy(makeUnits({ ...options, table: 'repeated' }), 2.5 * bytes);
    const admin = await server.connect();
    await admin.query(createTableSql('repeated', EVENTS));
    const client = await connect();
    const driven = await drive([client], units, { seconds: 60, unitsMax: 1 });
    client.close();
    expect([driven.rows, units[0]?.repeats]).toEqual([3 * ROWS, 3]);
    expect(sorted(await rowsOf(admin, 'select * from repeated'))).toEqual(sorted([...rows, ...rows, ...rows]));
  });

  it('stops at the first error, and says what the server said', async () => {
    const rows = makeRows(EVENTS, ROWS).map((row, at) => (at === 30 ? row.map(() => null) : row));
    const options = { table: 'refusing', columns: EVENTS, rows, rowsPerStatement: 1, pipelined: 1 };
    await expect(load({ ...options, way: 'text' }, 1, 1)).rejects.toThrow(
      '23502: null value in column "ts" of relation "refusing" violates not-null constraint',
    );
    const admin = await server.connect();
    expect(await rowsOf(admin, 'select count(*) from refusing')).toEqual([['30']]);
  });

  it('hears of an error in the middle of a COPY', async () => {
    const rows = makeRows(EVENTS, ROWS).map((row) => ['no time', ...row.slice(1)]);
    const options = { table: 'copied', columns: EVENTS, rows, rowsPerStatement: ROWS, pipelined: 1 };
    await expect(load({ ...options, way: 'copy-text' }, 1, 1)).rejects.toThrow(/^22007: /);
  });

  it('hears of the end of its connection', async () => {
    const own = await startTestServer();
    const client = await WireClient.connect({ port: own.port, user: 'bench', database: 'bench' });
    await own.close();
    await expect(client.query('select 1')).rejects.toThrow();
  });
});

describe('units', () => {
  it('hold rows whose cells are half NULL, always the same', () => {
    const rows = makeRows(TELEMETRY, 500);
    expect(rows).toEqual(makeRows(TELEMETRY, 500));
    const nulls = rows.flat().filter((cell) => cell === null).length / rows.flat().length;
    expect(nulls).toBeGreaterThan(0.45);
    expect(nulls).toBeLessThan(0.55);
  });

  it('change their table in place', () => {
    const options = { columns: EVENTS, rows: makeRows(EVENTS, 12), rowsPerStatement: 2, pipelined: 3 };
    for (const way of WAYS) {
      const changed = makeUnits({ ...options, way, table: 'bench_1' });
      retarget(changed, 'bench_1', 'bench_2');
      expect(changed).toEqual(makeUnits({ ...options, way, table: 'bench_2' }));
    }
  });
});

describe('the scanner of frames', () => {
  const answers = Buffer.concat([
    message('1'),
    message('D', text('C INSERT 0 999')),
    message('C', text('INSERT 0 100')),
    message('C', text('CHECKPOINT')),
    message('C', text('SELECT 5')),
    message('C', text('COPY 20000')),
    message('E', text('SERROR'), text('C23502'), text('Mno value'), text('')),
    message('E', text('SERROR'), text('C25P02'), text('Mignored'), text('')),
    message('Z', Buffer.from('I')),
  ]);

  it('counts the same wherever the answers are cut', () => {
    for (let cut = 0; cut <= answers.length; cut++) {
      let ready = 0;
      const scanner = new FrameScanner({ ready: () => ready++, copyIn: () => expect.unreachable() });
      for (const part of [answers.subarray(0, cut), answers.subarray(cut)]) scanner.push(part, part.length);
      expect([scanner.rows, scanner.results, ready, scanner.error]).toEqual([20_100, 1, 1, '23502: no value']);
    }
  });
});
