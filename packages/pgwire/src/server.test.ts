import { describe, expect, it } from 'vitest';
import { transcript } from './testing/backend-messages.ts';
import { bind, execute, join, login, parse, query, sync } from './testing/frontend-messages.ts';
import { type WireFixture, wireFixture } from './testing/wire-fixture.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const SHUTDOWN = 'E FATAL 57P01 terminating connection due to administrator command';

async function untilWaiting(wire: WireFixture): Promise<void> {
  while (wire.handler.waiting() === 0) await turn();
}

describe('close', () => {
  it('stops accepting and tells idle clients', async () => {
    const wire = await wireFixture();
    const client = await wire.loggedIn();
    await wire.server.close();
    expect(transcript(client.received()).at(-1)).toBe(SHUTDOWN);
    expect(client.isClosed).toBe(true);
    expect(wire.listener.isListening).toBe(false);
    expect(wire.listener.connect().isClosed).toBe(true);
    expect(wire.handler.log.at(-1)).toBe('close');
  });

  it('lets the running statement finish, and what the client sent with it', async () => {
    const wire = await wireFixture();
    const client = await wire.loggedIn();
    client.send(join(query('wait'), query('insert')));
    await untilWaiting(wire);
    const closing = wire.server.close();
    await turn();
    expect(client.isClosed).toBe(false);
    wire.handler.release();
    await closing;
    expect(transcript(client.received()).slice(-5)).toEqual(['C WAIT', 'Z I', 'C INSERT 0 1', 'Z I', SHUTDOWN]);
  });

  it('cuts what does not finish by the deadline', async () => {
    const wire = await wireFixture();
    const client = await wire.loggedIn();
    client.send(query('wait'));
    await untilWaiting(wire);
    const closing = wire.server.close({ deadlineMs: 70 });
    await turn();
    wire.clock.elapse(69);
    await turn();
    expect(client.isClosed).toBe(false);
    wire.clock.elapse(70);
    await closing;
    expect(client.isClosed).toBe(true);
    expect(wire.handler.waiting()).toBe(0);
    expect(wire.handler.log.at(-1)).toBe('close');
  });

  it('closes clients that have not said who they are without a word, and leaves no timer', async () => {
    const wire = await wireFixture();
    const client = wire.listener.connect();
    client.send(login.subarray(0, 3));
    await turn();
    await wire.server.close();
    expect(client.received()).toHaveLength(0);
    expect(wire.clock.sleepers()).toBe(0);
  });

  it('cuts clients that do not read', async () => {
    const wire = await wireFixture({ resultBufferBytesMax: 1000 });
    const client = await wire.loggedIn();
    client.stall(true);
    client.send(query('rows 100000'));
    await turn();
    const closing = wire.server.close({ deadlineMs: 5 });
    await turn();
    wire.clock.elapse(5);
    await closing;
    expect(wire.handler.log.at(-1)).toBe('close');
  });
});

describe('back-pressure', () => {
  it('stops producing rows while the client does not read', async () => {
    const wire = await wireFixture({ resultBufferBytesMax: 1000 });
    const client = await wire.loggedIn();
    const before = client.received().length;
    client.stall(true);
    client.send(query('rows 5000'));
    for (let i = 0; i < 50; i++) await turn();
    expect(client.counts.waits).toBe(1);
    expect(client.received().length - before).toBeLessThan(1100);
    client.stall(false);
    await client.until((bytes) => transcript(bytes).includes('C SELECT 5000'));
    expect(transcript(client.received()).filter((line) => line.startsWith('D '))).toHaveLength(5000);
    client.cut();
  });

  it('ends when the client goes away instead of reading', async () => {
    const wire = await wireFixture({ resultBufferBytesMax: 1000 });
    const client = await wire.loggedIn();
    client.stall(true);
    client.send(query('rows 100000'));
    for (let i = 0; i < 20; i++) await turn();
    client.cut();
    while (!wire.handler.log.includes('close')) await turn();
    expect(wire.handler.log.slice(-3)).toEqual(['end rows', 'rollback', 'close']);
  });

  it('does not read ahead of the statement that runs', async () => {
    const wire = await wireFixture();
    const client = await wire.loggedIn();
    client.send(query('wait'));
    await untilWaiting(wire);
    const { reads } = client.counts;
    for (let i = 0; i < 100; i++) client.send(query('insert'));
    for (let i = 0; i < 10; i++) await turn();
    expect(client.counts.reads).toBe(reads);
    wire.handler.release();
    await client.until((bytes) => transcript(bytes).filter((line) => line === 'C INSERT 0 1').length === 100);
    client.cut();
  });

  it('gathers a pipeline into one write, and splits large results', async () => {
    const wire = await wireFixture();
    const client = await wire.loggedIn();
    const { writes } = client.counts;
    const messages = [
      parse('s', 'rows 2'),
      ...Array.from({ length: 50 }, () => [bind('', 's'), execute()]).flat(),
      sync,
    ];
    client.send(join(...messages));
    await client.until((bytes) => transcript(bytes).filter((line) => line === 'Z I').length === 2);
    expect(client.counts.writes - writes).toBe(1);
    client.send(query('rows 20000'));
    await client.until((bytes) => transcript(bytes).filter((line) => line === 'Z I').length === 3);
    expect(client.counts.writes - writes).toBeGreaterThan(3);
    client.cut();
  });

  it('sends a row that is larger than the buffer', async () => {
    const wire = await wireFixture({ resultBufferBytesMax: 1000 });
    const lines = await wire.session(query('big 100000'));
    expect(lines[1]).toHaveLength(100_002);
    expect(lines.slice(2)).toEqual(['C SELECT 1', 'Z I']);
  });
});

it('serves sessions side by side', async () => {
  const wire = await wireFixture();
  const all = await Promise.all(Array.from({ length: 50 }, (_, i) => wire.session(query(`rows ${i}`))));
  expect(all.map((lines) => lines.at(-2))).toEqual(Array.from({ length: 50 }, (_, i) => `C SELECT ${i}`));
  expect(wire.metrics.read().get('pgwire_sessions')).toBe(0);
});
