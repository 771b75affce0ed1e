import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rowsOf, startTestServer, type TestServer } from './support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const message = (type: string, ...parts: readonly (string | readonly number[])[]): Buffer => {
  const body = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : Buffer.from(part))),
  );
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
};
const login: Buffer = (() => {
  const body = Buffer.from('\0\x03\0\0user\0anyone\0\0', 'latin1');
  return Buffer.concat([int32(body.length + 4), body]);
})();

/** Three rows in a block, one by the simple and two by the extended protocol; then one more row on its own. */
function recording(id: number): Buffer {
  const text = [...Buffer.from(String(id))];
  const parameter = [0, 0, 0, 1, ...int32(text.length), ...text, 0, 0];
  const twice = [message('B', '', 's', parameter), message('E', '', [0, 0, 0, 0])];
  return Buffer.concat([
    login,
    message('Q', `begin; insert into cuts values (${id}, 'block')`),
    message('P', 's', "insert into cuts values ($1, 'block')", [0, 0]),
    ...twice,
    ...twice,
    message('S'),
    message('Q', 'commit'),
    message('P', '', "insert into cuts values ($1, 'single')", [0, 0]),
    message('B', '', '', parameter),
    message('E', '', [0, 0, 0, 0]),
    message('S'),
  ]);
}

/** Sends a prefix and hangs up, politely (half of the time) or not; resolves with the tags that were acknowledged. */
function cutAt(id: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => resolve(Buffer.concat(received).toString('latin1')));
    socket.write(bytes, () => {
      if (id % 2 === 0) socket.end();
      else setTimeout(() => socket.resetAndDestroy(), id % 7);
    });
  });
}

it('a session cut at any byte leaves each transaction whole or absent, and acknowledged ones whole, also after a restart', async () => {
  const client = await server.connect();
  await client.query('create table cuts (id int4, kind text)');
  const length = recording(1000).length;
  const acknowledged: string[] = [];
  for (let at = 1; at <= length; at += 10) {
    const group = Array.from({ length: Math.min(10, length + 1 - at) }, (_, i) => at + i);
    acknowledged.push(
      ...(await Promise.all(group.map((end) => cutAt(1000 + end, recording(1000 + end).subarray(0, end))))),
    );
  }
  const counts = new Map<string, number>();
  // Every session has ended, and what is there has been through the log.
  server = await server.restart();
  const reader = await server.connect();
  for (const [id, kind, count] of await rowsOf(reader, 'select id, kind, count(*) from cuts group by id, kind')) {
    counts.set(`${id} ${kind}`, Number(count));
  }
  let committedBlocks = 0;
  for (const [i, transcript] of acknowledged.entries()) {
    const id = 1001 + i;
    const block = counts.get(`${id} block`) ?? 0;
    const single = counts.get(`${id} single`) ?? 0;
    expect([0, 3], `block ${id}`).toContain(block);
    expect([0, 1], `single ${id}`).toContain(single);
    if (transcript.includes('COMMIT\0')) expect(block).toBe(3);
    if (single === 1) expect(block).toBe(3);
    if (block === 3) committedBlocks++;
  }
  expect(counts.get(`${1000 + length} single`)).toBe(1);
  expect(committedBlocks).toBeGreaterThan(20);
  expect(committedBlocks).toBeLessThan(length - 100);
});
