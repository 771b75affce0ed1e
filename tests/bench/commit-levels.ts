import { startTestServer } from '../support/test-server.ts';
import { median } from './measure.ts';

const ROUNDS = 5;
const ROWS = 300;

/** Rates of one prepared row per statement at each commit level, levels in turn, medians of five rounds after one of warm-up. */
export async function benchCommitLevels(): Promise<void> {
  const server = await startTestServer();
  try {
    for (const connections of [1, 8]) {
      const clients = await Promise.all(Array.from({ length: connections }, () => server.connect()));
      await clients[0]?.query(`create table t${connections} (a int8, b text, c float8)`);
      const insert = { name: 'insert', text: `insert into t${connections} values ($1, $2, $3)`, values: [1, 'x', 1.5] };
      const rates = new Map<string, number[]>();
      for (let round = -1; round < ROUNDS; round++) {
        for (const level of ['durable', 'buffered']) {
          for (const client of clients) await client.query(`set millrace.commit_level = ${level}`);
          const start = performance.now();
          await Promise.all(
            clients.map(async (client) => {
              for (let row = 0; row < ROWS; row++) await client.query(insert);
            }),
          );
          const rate = (connections * ROWS * 1_000) / (performance.now() - start);
          if (round >= 0) rates.set(level, [...(rates.get(level) ?? []), rate]);
        }
      }
      for (const [level, list] of rates)
        console.log(`${connections} connections, ${level}: ${median(list).toFixed(0)} rows/s`);
    }
  } finally {
    await server.close();
  }
}
