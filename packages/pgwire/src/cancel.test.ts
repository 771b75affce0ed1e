import type { SimClient } from '@millrace/testkit/sim';
import { describe, expect, it } from 'vitest';
import { createCancelRegistry } from './cancel-registry.ts';
import { transcript } from './testing/backend-messages.ts';
import { bind, cancelRequest, execute, parse, query, startup, sync } from './testing/frontend-messages.ts';
import { type WireFixture, wireFixture } from './testing/wire-fixture.ts';

const CANCELED = 'E ERROR 57014 canceling statement due to user request';

async function untilWaiting(wire: WireFixture, count = 1): Promise<void> {
  while (wire.handler.waiting() < count) await new Promise((resolve) => setImmediate(resolve));
}

/** The login is ready once; each query once more. */
async function untilReady(client: SimClient, count: number): Promise<void> {
  await client.until((bytes) => transcript(bytes).filter((line) => line.startsWith('Z ')).length === count);
}

/** Sessions get process ids 1, 2 ... and keys of that byte. */
const cancel = async (wire: WireFixture, processId: number, key: readonly number[]): Promise<void> => {
  expect(await wire.converse(cancelRequest(processId, Uint8Array.from(key)))).toEqual([]);
};

describe('cancel requests', () => {
  it('end the running statement, and only that', async () => {
    const wire = await wireFixture();
    const [first, second] = [await wire.loggedIn(), await wire.loggedIn()];
    first.send(query('insert; wait; insert'));
    second.send(query('wait'));
    await untilWaiting(wire, 2);
    await cancel(wire, 1, [1, 1, 1, 1]);
    await untilReady(first, 2);
    expect(transcript(first.received()).slice(-3)).toEqual(['C INSERT 0 1', CANCELED, 'Z I']);
    expect(wire.handler.waiting()).toBe(1);
    first.send(query('insert'));
    await untilReady(first, 3);
    wire.handler.release();
    await untilReady(second, 2);
    expect(transcript(second.received()).slice(-2)).toEqual(['C WAIT', 'Z I']);
    first.cut();
    second.cut();
  });

  it('reach a statement of the extended protocol', async () => {
    const wire = await wireFixture();
    const client = await wire.loggedIn();
    for (const chunk of [parse('', 'wait'), bind('', ''), execute(), sync]) client.send(chunk);
    await untilWaiting(wire);
    await cancel(wire, 1, [1, 1, 1, 1]);
    await untilReady(client, 2);
    expect(transcript(client.received()).slice(-4)).toEqual(['1', '2', CANCELED, 'Z I']);
    client.cut();
  });

  it('do nothing to a session that is idle, nor to its next statement', async () => {
    const wire = await wireFixture();
    const client = await wire.loggedIn();
    await cancel(wire, 1, [1, 1, 1, 1]);
    client.send(query('rows 1'));
    await client.until((bytes) => transcript(bytes).includes('C SELECT 1'));
    client.cut();
  });

  it.each([
    ['another key', 1, [1, 1, 1, 2]],
    ['a shorter key', 1, [1, 1, 1]],
    ['a longer key', 1, [1, 1, 1, 1, 1]],
    ['another process', 2, [1, 1, 1, 1]],
    ['process 0', 0, [1, 1, 1, 1]],
  ])('with %s are as silent and do nothing', async (_, processId, key) => {
    const wire = await wireFixture();
    const client = await wire.loggedIn();
    client.send(query('wait'));
    await untilWaiting(wire);
    await cancel(wire, processId, key);
    expect(wire.handler.waiting()).toBe(1);
    wire.handler.release();
    await client.until((bytes) => transcript(bytes).includes('C WAIT'));
    client.cut();
  });

  it('need all 32 bytes on protocol 3.2', async () => {
    const wire = await wireFixture();
    const client = wire.listener.connect();
    client.send(startup(0x30002, 'user', 'ann'));
    client.send(query('wait'));
    await untilWaiting(wire);
    await cancel(wire, 1, [1, 1, 1, 1]);
    expect(wire.handler.waiting()).toBe(1);
    await cancel(wire, 1, new Array(32).fill(1));
    await client.until((bytes) => transcript(bytes).includes(CANCELED));
    client.cut();
  });

  it('for a session that is gone do nothing', async () => {
    const wire = await wireFixture();
    const client = await wire.loggedIn();
    client.finish();
    await client.closed;
    await cancel(wire, 1, [1, 1, 1, 1]);
  });
});

describe('a client that vanishes', () => {
  it('takes its running statement with it', async () => {
    const wire = await wireFixture();
    const client = await wire.loggedIn();
    client.send(query('begin; wait'));
    await untilWaiting(wire);
    client.cut();
    while (!wire.handler.log.includes('close')) await new Promise((resolve) => setImmediate(resolve));
    expect(wire.handler.waiting()).toBe(0);
    expect(wire.metrics.read().get('pgwire_sessions')).toBe(0);
  });

  it('has its statements finished if it only stopped sending', async () => {
    const wire = await wireFixture();
    const client = await wire.loggedIn();
    client.send(query('wait'));
    client.send(query('insert'));
    client.finish();
    await untilWaiting(wire);
    wire.handler.release();
    await client.closed;
    expect(transcript(client.received()).slice(-4)).toEqual(['C WAIT', 'Z I', 'C INSERT 0 1', 'Z I']);
  });
});

describe('the registry', () => {
  it('gives ids that are free', () => {
    const registry = createCancelRegistry();
    const hits: string[] = [];
    const key = Uint8Array.of(9, 9, 9, 9);
    const first = registry.register(key, () => hits.push('first'));
    const second = registry.register(key, () => hits.push('second'));
    expect(second).not.toBe(first);
    registry.cancel(second, key);
    registry.unregister(second);
    registry.cancel(second, key);
    registry.cancel(first, Uint8Array.of(9, 9, 9, 8));
    expect(hits).toEqual(['second']);
  });
});
