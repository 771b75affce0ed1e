import { failure } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { parseOptions } from './startup.ts';
import { transcript } from './testing/backend-messages.ts';
import {
  cancelRequest,
  gssencRequest,
  join,
  login,
  message,
  query,
  sslRequest,
  startup,
  untyped,
} from './testing/frontend-messages.ts';
import { wireFixture } from './testing/wire-fixture.ts';

const WELCOME = ['R 0', 'S server_version=15.0', 'S TimeZone=UTC'];

describe('startup', () => {
  it('lets a client in: AuthenticationOk, all reports, key, ReadyForQuery', async () => {
    const wire = await wireFixture();
    expect(await wire.converse(login)).toEqual([...WELCOME, 'K 4', 'Z I']);
    expect(wire.handler.startups[0]).toEqual({
      user: 'ann',
      database: 'ann',
      settings: [],
      processId: 1,
      remote: 'memory:1',
    });
    expect(wire.handler.log).toEqual(['connect ann', 'close']);
  });

  it('speaks 3.2 with a longer key', async () => {
    const wire = await wireFixture();
    expect(await wire.converse(startup(0x30002, 'user', 'ann'))).toEqual([...WELCOME, 'K 32', 'Z I']);
    expect(await wire.converse(startup(0x30001, 'user', 'ann'))).toEqual([...WELCOME, 'K 4', 'Z I']);
  });

  it.each([
    ['a newer minor', startup(0x3270f, 'user', 'a'), 'v 30002 ', 'K 32'],
    [
      'unknown options of 3.0',
      startup(0x30000, 'user', 'a', '_pq_.x', '1', '_pq_.y', ''),
      'v 30000 _pq_.x,_pq_.y',
      'K 4',
    ],
    ['both', startup(0x30009, '_pq_.x', '1', 'user', 'a'), 'v 30002 _pq_.x', 'K 32'],
  ])('negotiates %s', async (_, packet, negotiation, key) => {
    const wire = await wireFixture();
    expect(await wire.converse(packet)).toEqual([negotiation, ...WELCOME, key, 'Z I']);
  });

  it('hands on database, settings and options, options first, in order', async () => {
    const wire = await wireFixture();
    const pairs = ['application_name', 'psql', 'options', '-c a=b\\ c  --d-e=f -cg=h=i', 'TimeZone', 'UTC'];
    await wire.converse(startup(0x30000, 'user', 'ann', 'database', 'db', ...pairs, 'replication', 'off'));
    expect(wire.handler.startups[0]).toMatchObject({
      database: 'db',
      settings: [
        ['a', 'b c'],
        ['d_e', 'f'],
        ['g', 'h=i'],
        ['application_name', 'psql'],
        ['TimeZone', 'UTC'],
      ],
    });
  });

  it('splits options as PostgreSQL does', () => {
    expect(parseOptions('')).toEqual([]);
    expect(parseOptions('  -c\tx=1\\\\2 ')).toEqual([['x', '1\\2']]);
    expect(() => parseOptions('-z 1')).toThrow('invalid command-line argument for server process: -z');
    expect(() => parseOptions('-c foo')).toThrow('-c foo requires a value');
    expect(() => parseOptions('-c')).toThrow('-c  requires a value');
    expect(() => parseOptions('--foo')).toThrow('--foo requires a value');
  });

  it.each([
    ['no user', startup(0x30000, 'database', 'x'), 'E FATAL 28000 no PostgreSQL user name specified in startup packet'],
    [
      'an empty user',
      startup(0x30000, 'user', ''),
      'E FATAL 28000 no PostgreSQL user name specified in startup packet',
    ],
    [
      'no final zero',
      untyped(0x30000, 'user', 'ann'),
      'E FATAL 08P01 invalid startup packet layout: expected terminator as last byte',
    ],
    [
      'bytes after the final zero',
      untyped(0x30000, 'user', 'ann', '', 'x'),
      'E FATAL 08P01 invalid startup packet layout: expected terminator as last byte',
    ],
    [
      'no pairs at all',
      untyped(0x30000),
      'E FATAL 08P01 invalid startup packet layout: expected terminator as last byte',
    ],
    [
      'a name that is not UTF-8',
      untyped(0x30000, 'user', [0xff, 0], ''),
      'E FATAL 22021 invalid byte sequence for encoding "UTF8": 0xff',
    ],
    [
      'protocol 4.0',
      startup(0x40000, 'user', 'a'),
      'E FATAL 0A000 unsupported frontend protocol 4.0: server supports 3.0 to 3.2',
    ],
    [
      'protocol 0.0',
      startup(0, 'user', 'a'),
      'E FATAL 0A000 unsupported frontend protocol 0.0: server supports 3.0 to 3.2',
    ],
    [
      'replication',
      startup(0x30000, 'user', 'a', 'replication', 'database'),
      'E FATAL 0A000 replication is not supported',
    ],
    [
      'a replication that is no boolean',
      startup(0x30000, 'user', 'a', 'replication', 'yesno'),
      'E FATAL 22023 invalid value for parameter "replication": "yesno" [H=Valid values are: "false", 0, "true", 1, "database".]',
    ],
  ])('refuses %s', async (_, packet, line) => {
    const wire = await wireFixture();
    expect(await wire.converse(packet)).toEqual([line]);
    expect(wire.handler.log).toEqual([]);
  });

  it('refuses bad options after AuthenticationOk, as PostgreSQL does', async () => {
    const wire = await wireFixture();
    expect(await wire.converse(startup(0x30000, 'user', 'a', 'options', '-c foo'))).toEqual([
      'R 0',
      'E FATAL 42601 -c foo requires a value',
    ]);
  });

  it('passes on what the engine refuses, as FATAL', async () => {
    const wire = await wireFixture();
    wire.handler.refuse = failure('noSuchDatabase', { name: 'nope' });
    expect(await wire.converse(login)).toEqual(['R 0', 'E FATAL 3D000 database "nope" does not exist']);
    wire.handler.refuse = null;
    expect(await wire.converse(login)).toContain('Z I');
  });

  it('answers protocols 1 and 2 in their own style', async () => {
    const wire = await wireFixture();
    const client = wire.listener.connect();
    client.send(startup(0x20000, 'user', 'a'));
    await client.closed;
    const text = 'EFATAL:  unsupported frontend protocol 2.0: server supports 3.0 to 3.2\n\0';
    expect(Buffer.from(client.received()).toString()).toBe(text);
  });

  it.each([
    ['length 0', [0, 0, 0, 0]],
    ['length 7', [0, 0, 0, 7, 0, 3, 0]],
    ['length -1', [255, 255, 255, 255, 0, 3, 0, 0]],
    ['2 GB', [127, 255, 255, 255, 0, 3, 0, 0]],
    ['10,001 bytes', [0, 0, 0x27, 0x15, 0, 3, 0, 0]],
    ['HTTP', [...Buffer.from('GET / HTTP/1.1\r\n\r\n')]],
    ['direct TLS', [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]],
    ['a cancel request without a key', [...untyped(80877102, [0, 0, 0, 1])]],
    ['nothing', []],
    ['half a header', [0, 0]],
    ['half a packet', [0, 0, 0, 20, 0, 3, 0, 0, 117]],
  ])('closes silently: %s', async (_, bytes) => {
    const wire = await wireFixture();
    expect(await wire.converse(Uint8Array.from(bytes))).toEqual([]);
    expect(wire.handler.log).toEqual([]);
  });

  it('closes a bad length at once, without waiting for the bytes it claims', async () => {
    const wire = await wireFixture();
    const client = wire.listener.connect();
    client.send(Uint8Array.from([127, 255, 255, 255]));
    await client.closed;
    expect(client.received()).toHaveLength(0);
  });
});

describe('requests for encryption', () => {
  /** Sends each chunk when the previous one was answered. */
  async function dialogue(...chunks: readonly Uint8Array[]): Promise<string[]> {
    const wire = await wireFixture();
    const client = wire.listener.connect();
    for (const chunk of chunks) {
      const before = client.received().length;
      client.send(chunk);
      await client.until((bytes) => bytes.length > before);
    }
    client.finish();
    await client.closed;
    return transcript(client.received());
  }

  it('are declined, and the login follows', async () => {
    const end = ['R 0', 'S server_version=15.0', 'S TimeZone=UTC', 'K 4', 'Z I'];
    expect(await dialogue(sslRequest, login)).toEqual(['N', ...end]);
    expect(await dialogue(gssencRequest, sslRequest, login)).toEqual(['N', 'N', ...end]);
    expect(await dialogue(sslRequest, gssencRequest, login)).toEqual(['N', 'N', ...end]);
  });

  it('are not asked twice', async () => {
    expect(await dialogue(sslRequest, sslRequest)).toEqual([
      'N',
      'E FATAL 0A000 unsupported frontend protocol 1234.5679: server supports 3.0 to 3.2',
    ]);
  });

  it.each([
    ['SSL', sslRequest, login],
    ['GSSAPI encryption', gssencRequest, Uint8Array.of(0)],
  ])('with bytes stuffed behind them are fatal: %s', async (what, request, stuffed) => {
    expect(await dialogue(join(request, stuffed))).toEqual([
      'N',
      `E FATAL 08P01 received unencrypted data after ${what} request [D=This could be either a client-software bug or evidence of an attempted man-in-the-middle attack.]`,
    ]);
  });
});

describe('limits before the session', () => {
  it('drops a client that does not say who it is in time', async () => {
    const wire = await wireFixture({ authenticationTimeoutMs: 500 });
    const client = wire.listener.connect();
    client.send(login.subarray(0, 5));
    await Promise.resolve();
    wire.clock.elapse(499);
    expect(client.isClosed).toBe(false);
    wire.clock.elapse(500);
    await client.closed;
    expect(client.received()).toHaveLength(0);
  });

  it('does not drop a client that logged in', async () => {
    const wire = await wireFixture({ authenticationTimeoutMs: 500 });
    const client = await wire.loggedIn();
    client.send(query('insert'));
    await client.until((bytes) => transcript(bytes).includes('C INSERT 0 1'));
    expect(wire.clock.sleepers()).toBe(0);
    client.cut();
  });

  it('refuses sessions beyond the limit with 53300, and admits again when one ends', async () => {
    const wire = await wireFixture({ connectionsMax: 2 });
    const first = await wire.loggedIn();
    const second = await wire.loggedIn();
    expect(wire.metrics.read().get('pgwire_sessions')).toBe(2);
    expect(await wire.converse(login)).toEqual(['E FATAL 53300 sorry, too many clients already']);
    first.send(query('insert'));
    await first.until((bytes) => transcript(bytes).includes('C INSERT 0 1'));
    second.send(message('X'));
    await second.closed;
    expect(await wire.converse(login)).toContain('Z I');
    first.cut();
  });

  it('drops connections that only sit there, beyond a second limit', async () => {
    const wire = await wireFixture({ connectionsMax: 1 });
    const idle = Array.from({ length: 18 }, () => wire.listener.connect());
    expect(idle.some((client) => client.isClosed)).toBe(false);
    expect(wire.listener.connect().isClosed).toBe(true);
    for (const client of idle) client.cut();
    await Promise.all(idle.map((client) => client.closed));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await wire.converse(login)).toContain('Z I');
  });

  it('gives back the slot of a session that could not start', async () => {
    const wire = await wireFixture({ connectionsMax: 1 });
    wire.handler.refuse = failure('noSuchDatabase', { name: 'x' });
    await wire.converse(login);
    await wire.converse(login);
    wire.handler.refuse = null;
    expect(await wire.converse(login)).toContain('Z I');
  });

  it('never answers a cancel request', async () => {
    const wire = await wireFixture();
    expect(await wire.converse(cancelRequest(99, Uint8Array.of(1, 2, 3, 4)))).toEqual([]);
  });
});
