import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { Connection, Listening } from '../ports/listener.ts';
import { nodeListener } from './listener.ts';

async function serve(
  onConnection: (connection: Connection) => void,
): Promise<{ listening: Listening; client: Socket }> {
  const listening = await nodeListener.listen({ host: '127.0.0.1', port: 0 }, onConnection);
  const client = connect(listening.address.port, '127.0.0.1');
  await new Promise((resolve) => client.once('connect', resolve));
  return { listening, client };
}

test('echoes until the peer closes; the answer survives the half-closed socket', async () => {
  const { listening, client } = await serve(async (connection) => {
    for await (const chunk of connection.incoming) connection.write(chunk);
    connection.write(Buffer.from('|bye'));
    await connection.end();
  });
  let received = '';
  client.on('data', (data) => {
    received += data;
  });
  client.write('hello');
  client.end();
  await new Promise((resolve) => client.once('close', resolve));
  expect(received).toBe('hello|bye');
  await listening.close();
});

test('a port in use is EADDRINUSE', async () => {
  const first = await nodeListener.listen({ host: '127.0.0.1', port: 0 }, () => {});
  await expect(nodeListener.listen(first.address, () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await first.close();
});

test('a client that does not read stops the writer; a consumer that does not read stops the client', async () => {
  let serverSide: Connection | null = null;
  const { listening, client } = await serve((connection) => {
    serverSide = connection;
  });
  client.pause();
  while (serverSide === null) await new Promise((resolve) => setTimeout(resolve, 1));
  const connection: Connection = serverSide;
  let sent = 0;
  while (connection.write(new Uint8Array(64 * 1024))) sent += 64 * 1024;
  expect(sent).toBeLessThan(64 * 1024 * 1024);
  const drained = connection.drained();
  client.resume();
  await drained;

  const chunk = Buffer.alloc(256 * 1024, 1);
  let written = 0;
  while (client.write(chunk) && written < 256 * 1024 * 1024) written += chunk.length;
  for (let i = 0; i < 200; i++) client.write(chunk);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(client.writableLength).toBeGreaterThan(10 * 1024 * 1024);
  client.end();
  let read = 0;
  for await (const bytes of connection.incoming) read += bytes.byteLength;
  expect(read % chunk.length).toBe(0);
  expect(read).toBeGreaterThan(200 * chunk.length - 1);
  connection.destroy();
  await connection.closed;
  expect(connection.write(chunk)).toBe(true);
  await connection.drained();
  await listening.close();
});
