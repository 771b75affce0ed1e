import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bind,
  execute,
  fieldsOf,
  type Message,
  parse,
  query,
  RawClient,
  sync,
} from '../acceptance/support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { copyData, copyDone, copyFail } from './copy-in.ts';

const flush = Buffer.from('H\0\0\0\x04', 'latin1');
const terminate = Buffer.from('X\0\0\0\x04', 'latin1');
const describeStatement = Buffer.from('D\0\0\0\x07Ss\0', 'latin1');

/** All that a server says, a word a message. */
function transcript(messages: readonly (Message | null)[]): string {
  return messages
    .map((one) => {
      if (one === null) return 'closed';
      if (one.type === 'Z') return `Z${one.body.toString('latin1')}`;
      if (one.type === 'C') return `C[${one.body.toString('latin1').replace('\0', '')}]`;
      if (one.type === 'D') return `D[${one.body.subarray(6).toString('latin1')}]`;
      if (one.type !== 'E') return one.type;
      const { S, C, M, W } = fieldsOf(one);
      return `E[${S} ${C} ${M}${W === undefined ? '' : ` | ${W}`}]`;
    })
    .join(' ');
}

const BAD = 'E[ERROR 22P02 invalid input syntax for type integer: "x" | COPY p, line 1, column a: "x"]';
const LOST = 'E[FATAL 08P01 terminating connection because protocol synchronization was lost] closed';
const COPY = 'copy p from stdin';
const start = Buffer.concat([parse(COPY), bind(), execute()]);

/** What is sent at once to a table that is empty, how many ReadyForQuery to wait for, and what PostgreSQL 15 answered. */
const TALKS: readonly (readonly [name: string, sent: readonly Buffer[], ready: number, answer: string])[] = [
  [
    'several in one text',
    [
      query(`${COPY}; select count(*) from p; ${COPY}; select 1`),
      copyData('1\n'),
      copyDone(),
      copyData('2\n3\n'),
      copyDone(),
    ],
    1,
    'G C[COPY 1] T D[1] C[SELECT 1] G C[COPY 2] T D[1] C[SELECT 1] ZI',
  ],
  [
    'one of several fails',
    [
      query(`${COPY}; select count(*) from p; ${COPY}; select 1`),
      copyData('1\n'),
      copyDone(),
      copyData('x\n3\n'),
      copyDone(),
    ],
    1,
    `G C[COPY 1] T D[1] C[SELECT 1] G ${BAD} ZI`,
  ],
  ['the text that failed left nothing', [query('select count(*) from p')], 1, 'T D[0] C[SELECT 1] ZI'],
  [
    'extended, with Sync and Flush among the data',
    [start, sync(), flush, copyData('1'), flush, copyData('1\n'), sync(), copyDone(), sync()],
    1,
    '1 2 G C[COPY 1] ZI',
  ],
  [
    'extended: after an error all is passed over until Sync',
    [start, copyData('x\n'), copyData('1\n'), copyDone(), parse('select 1'), sync(), query('select 2')],
    2,
    `1 2 G ${BAD} ZI T D[2] C[SELECT 1] ZI`,
  ],
  [
    'extended: CopyFail',
    [start, copyFail('no'), sync(), query('select count(*) from p')],
    2,
    '1 2 G E[ERROR 57014 COPY from stdin failed: no | COPY p, line 1] ZI T D[0] C[SELECT 1] ZI',
  ],
  [
    'simple: the rest of the data is passed over',
    [query(COPY), copyData('x\n'), copyData('1\n'), copyDone(), query('select 2')],
    2,
    `G ${BAD} ZI T D[2] C[SELECT 1] ZI`,
  ],
  [
    'a Query among the data ends the connection',
    [query(COPY), copyData('1\n'), query('select 2')],
    2,
    `G E[ERROR 08P01 unexpected message type 0x51 during COPY from stdin | COPY p, line 2] ${LOST}`,
  ],
  [
    'a Parse too',
    [start, copyData('1\n'), parse('select 2'), sync()],
    2,
    `1 2 G E[ERROR 08P01 unexpected message type 0x50 during COPY from stdin | COPY p, line 2] ${LOST}`,
  ],
  [
    'Terminate too',
    [query(COPY), copyData('1\n'), terminate],
    2,
    `G E[ERROR 08P01 unexpected message type 0x58 during COPY from stdin | COPY p, line 2] ${LOST}`,
  ],
  ['data without a COPY', [copyData('1\n'), copyDone(), copyFail('x'), query('select 3')], 1, 'T D[3] C[SELECT 1] ZI'],
  [
    'Execute twice',
    [parse(COPY, [], 's'), bind([], 's'), execute(), copyData('7\n'), copyDone(), execute(), sync()],
    1,
    '1 2 G C[COPY 1] E[ERROR 55000 portal "" cannot be run] ZI',
  ],
  ['Describe', [parse(COPY, [], 's'), describeStatement, sync()], 1, '1 t n ZI'],
  [
    'in a block',
    [query('begin'), query(COPY), copyData('x\n'), copyDone(), query('select 1'), query('rollback')],
    4,
    `C[BEGIN] ZT G ${BAD} ZE E[ERROR 25P02 current transaction is aborted, commands ignored until end of transaction block] ZE C[ROLLBACK] ZI`,
  ],
  [
    'read only',
    [query('begin read only'), query(COPY), copyData('x\n'), copyDone(), query('rollback')],
    3,
    'C[BEGIN] ZT E[ERROR 25006 cannot execute COPY FROM in a read-only transaction] ZE C[ROLLBACK] ZI',
  ],
  ['empty pieces', [query(COPY), copyData(''), copyData('5'), copyData(''), copyDone()], 1, 'G C[COPY 1] ZI'],
];

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

/** The messages up to the last ReadyForQuery, or to the end of the connection. */
async function heard(client: RawClient, ready: number): Promise<readonly (Message | null)[]> {
  const messages: (Message | null)[] = [];
  for (let left = ready; left > 0; ) {
    const message = await client.next();
    messages.push(message);
    if (message === null) break;
    if (message.type === 'Z') left--;
  }
  return messages;
}

describe('COPY ... FROM STDIN in the protocol', () => {
  it.each(TALKS)('%s', async (_, sent, ready, answer) => {
    const client = await RawClient.open(server.port);
    client.send(query('drop table if exists p'), query('create table p (a int)'));
    if (answer.startsWith('T D[0]')) client.send(...TALKS[1]![1]);
    await client.untilReady(answer.startsWith('T D[0]') ? 3 : 2);
    client.send(...sent);
    expect(transcript(await heard(client, ready))).toBe(answer);
    client.close();
  });
});
