import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageReader } from './message-reader.ts';
import {
  bind,
  closePortal,
  describePortal,
  describeStatement,
  execute,
  flush,
  join,
  login,
  message,
  parse,
  query,
  sync,
  terminate,
} from './testing/frontend-messages.ts';
import { wireFixture } from './testing/wire-fixture.ts';

/** A session with a bit of everything. */
const RECORDED: Uint8Array = join(
  login,
  query('rows 3; notice hi; set x 1'),
  ...[
    parse('s', 'echo $1 $2'),
    describeStatement('s'),
    bind('p', 's', ['ä', null], { results: [1] }),
    describePortal('p'),
  ],
  ...[execute('p', 1), execute('p', 1), closePortal('p'), flush, sync],
  ...[parse('', 'bad'), bind('', ''), execute(), query('skipped'), sync],
  query('begin'),
  ...[parse('', 'rows 5'), bind('q', ''), execute('q', 2), sync, execute('q'), sync],
  message('d', 'stray'),
  message('Q', [65]),
  query('rollback; big 3000'),
  terminate,
);

async function outputOf(chunks: readonly Uint8Array[]): Promise<{ bytes: string; log: readonly string[] }> {
  const wire = await wireFixture({ resultBufferBytesMax: 512 });
  const client = wire.listener.connect();
  for (const chunk of chunks) client.send(chunk);
  client.finish();
  await client.closed;
  return { bytes: Buffer.from(client.received()).toString('hex'), log: wire.handler.log };
}

function split(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const cuts = [...new Set([0, ...at, bytes.length])].sort((a, b) => a - b);
  return cuts.slice(1).map((end, i) => bytes.subarray(cuts[i], end));
}

describe('framing', () => {
  it('gives the same session for a cut at every byte', async () => {
    const whole = await outputOf([RECORDED]);
    expect(whole.log).toContain('run big 3000');
    for (let i = 1; i < RECORDED.length; i++) {
      expect(await outputOf(split(RECORDED, [i]))).toEqual(whole);
    }
  });

  it('gives the same session byte by byte, and for cuts anywhere', async () => {
    const whole = await outputOf([RECORDED]);
    expect(await outputOf([...RECORDED].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(RECORDED.length), { maxLength: 40 }), async (cuts) => {
        expect(await outputOf(split(RECORDED, cuts))).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it('survives a session cut short anywhere: what was answered stays a prefix', async () => {
    const { bytes } = await outputOf([RECORDED]);
    for (let i = 0; i < RECORDED.length; i += 7) {
      const cut = await outputOf([RECORDED.subarray(0, i)]);
      expect(bytes.startsWith(cut.bytes)).toBe(true);
      expect(cut.log.filter((entry) => entry === 'close').length).toBe(cut.log.includes('connect ann') ? 1 : 0);
    }
  });

  it('never crashes at garbage, before or after the login', async () => {
    const garbage = fc.uint8Array({ maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(garbage, fc.boolean(), async (bytes, isLoggedIn) => {
        await outputOf(isLoggedIn ? [login, bytes] : [bytes]);
      }),
      { numRuns: 300 },
    );
  });

  it('never crashes at well-framed garbage, and closes each session once', async () => {
    const type = fc.constantFrom(...'QPBDECHSXFdcf');
    const frames = fc.array(fc.tuple(type, fc.uint8Array({ maxLength: 40 })), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(frames, async (list) => {
        const { log } = await outputOf([login, ...list.map(([kind, body]) => message(kind, body))]);
        expect(log.filter((entry) => entry === 'close')).toHaveLength(1);
      }),
      { numRuns: 300 },
    );
  });

  it('never crashes when one byte of a session is another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(RECORDED.length - 1), fc.nat(255), async (at, value) => {
        const changed = RECORDED.slice();
        changed[at] = value;
        await outputOf([changed]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the message reader', () => {
  const limits = { messageBytesMax: 1_000_000, startupBytesMax: 10_000 };

  it('does not copy a message that lies in one chunk', () => {
    const reader = new MessageReader(limits);
    const chunk = join(query('one'), query('two'));
    reader.push(chunk);
    for (const text of ['one\0', 'two\0']) {
      const frame = reader.message();
      if (frame.kind !== 'message') throw new Error(frame.kind);
      expect(Buffer.from(frame.body).toString()).toBe(text);
      expect(frame.body.buffer).toBe(chunk.buffer);
    }
    expect(reader.message()).toEqual({ kind: 'incomplete' });
    expect(reader.bufferedBytes).toBe(0);
  });

  it('holds what arrived of a long message, not what it claims', () => {
    const reader = new MessageReader(limits);
    const long = query('x'.repeat(900_000));
    for (let at = 0; at < long.length; at += 1000) {
      expect(reader.message()).toEqual({ kind: 'incomplete' });
      reader.push(long.slice(at, at + 1000));
      expect(reader.bufferedBytes).toBeLessThanOrEqual(at + 1000);
    }
    const frame = reader.message();
    expect(frame.kind === 'message' ? frame.body.length : 0).toBe(900_001);
  });

  it('cuts any sequence of bodies back out of any chunks', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 });
    fc.assert(
      fc.property(bodies, fc.array(fc.nat(600), { maxLength: 10 }), (list, cuts) => {
        const reader = new MessageReader(limits);
        const bytes = join(...list.map((body) => message('d', body)));
        const seen: number[][] = [];
        for (const chunk of split(
          bytes,
          cuts.map((cut) => Math.min(cut, bytes.length)),
        )) {
          reader.push(chunk);
          for (let frame = reader.message(); frame.kind === 'message'; frame = reader.message())
            seen.push([...frame.body]);
        }
        expect(seen).toEqual(list.map((body) => [...body]));
      }),
    );
  });
});
