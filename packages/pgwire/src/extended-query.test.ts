import { describe, expect, it } from 'vitest';
import { transcript } from './test-support/backend-messages.ts';
import {
  bind,
  closePortal,
  closeStatement,
  describePortal,
  describeStatement,
  execute,
  flush,
  message,
  parse,
  query,
  sync,
} from './test-support/frontend-messages.ts';
import { wireFixture } from './test-support/wire-fixture.ts';

const ROWS = 'n:23/4/-1@16400.1 t:1043/-1/14';
const run = (sql: string, ...parameters: readonly (string | null)[]): Uint8Array[] => [
  parse('', sql),
  bind('', '', parameters),
  execute(),
];

describe('extended query', () => {
  it('parses, binds, describes and executes', async () => {
    const wire = await wireFixture();
    const lines = await wire.session(parse('', 'rows 2'), bind('', ''), describePortal(''), execute(), sync);
    expect(lines).toEqual(['1', '2', `T ${ROWS}`, 'D 1|é1', 'D 2|é2', 'C SELECT 2', 'Z I']);
  });

  it('hands parameters on as they came', async () => {
    const wire = await wireFixture();
    const bytes = Uint8Array.of(0, 255, 1);
    const messages = [
      parse('s', 'echo $1 $2 $3', [23]),
      describeStatement('s'),
      bind('', 's', ['7', null, bytes], { parameters: [0, 0, 1] }),
      execute(),
      bind('', 's', ['', 'ä', null]),
      execute(),
      bind('', 's', [bytes, bytes, null], { parameters: [1] }),
      execute(),
      sync,
    ];
    const columns = 'p1:25/-1/-1 p2:25/-1/-1 p3:25/-1/-1';
    expect(await wire.session(...messages)).toEqual([
      '1',
      't 23 25 25',
      `T ${columns}`,
      ...['2', 'D 0:37|NULL|1:00ff01', 'C SELECT 1'],
      ...['2', 'D 0:|0:c3a4|NULL', 'C SELECT 1'],
      ...['2', 'D 1:00ff01|1:00ff01|NULL', 'C SELECT 1'],
      'Z I',
    ]);
  });

  it('sends columns in the formats asked for', async () => {
    const wire = await wireFixture();
    const binary = async (results: readonly number[]): Promise<string[]> => {
      const client = await wire.loggedIn();
      const start = client.received().length;
      for (const chunk of [parse('', 'rows 1'), bind('', '', [], { results }), describePortal(''), execute(), sync]) {
        client.send(chunk);
      }
      client.finish();
      await client.closed;
      return transcript(client.received().subarray(start), { binary: true }).slice(2, 4);
    };
    expect(await binary([])).toEqual([`T ${ROWS}`, 'D x31|xc3a931']);
    expect(await binary([1])).toEqual(['T n:23/4/-1/f1@16400.1 t:1043/-1/14/f1', 'D x00000001|xc3a931']);
    expect(await binary([1, 0])).toEqual(['T n:23/4/-1/f1@16400.1 t:1043/-1/14', 'D x00000001|xc3a931']);
  });

  it('describes statements without rows, without parameters, and empty ones', async () => {
    const wire = await wireFixture();
    const messages = [parse('', 'insert'), describeStatement(''), bind('', ''), describePortal(''), execute(), sync];
    expect(await wire.session(...messages)).toEqual(['1', 't', 'n', '2', 'n', 'C INSERT 0 1', 'Z I']);
    const empty = [parse('', ''), describeStatement(''), bind('', ''), describePortal(''), execute(), execute(), sync];
    expect(await wire.session(...empty)).toEqual(['1', 't', 'n', '2', 'n', 'I', 'I', 'Z I']);
  });

  it('takes 65,535 parameters', async () => {
    const wire = await wireFixture();
    const count = 65_535;
    const sql = `rows 1 ${'$1 '.repeat(count).trim()}`;
    const lines = await wire.session(parse('', sql), bind('', '', new Array(count).fill('x')), execute(), sync);
    expect(lines).toEqual(['1', '2', 'D 1|é1', 'C SELECT 1', 'Z I']);
  });

  it('sends pending output at Flush, without ReadyForQuery', async () => {
    const wire = await wireFixture();
    const client = await wire.loggedIn();
    client.send(parse('', 'insert'));
    client.send(flush);
    await client.until((bytes) => transcript(bytes).at(-1) === '1');
    client.send(bind('', ''));
    client.send(execute());
    client.send(flush);
    const lines = transcript(await client.until((bytes) => transcript(bytes).at(-1) === 'C INSERT 0 1'));
    expect(lines.slice(-3)).toEqual(['1', '2', 'C INSERT 0 1']);
    client.cut();
  });

  it('keeps notices and reports in their places', async () => {
    const wire = await wireFixture();
    expect(await wire.session(...run('notice hi'), ...run('set x 1'), sync)).toEqual([
      ...['1', '2', 'N NOTICE 00000 hi [H=none]', 'C NOTICE'],
      ...['1', '2', 'C SET', 'S x=1', 'Z I'],
    ]);
  });
});

describe('portals', () => {
  it('stop at the row limit and go on, and never claim an end they have not seen', async () => {
    const wire = await wireFixture();
    const lines = await wire.session(
      parse('', 'rows 5'),
      bind('p', ''),
      execute('p', 2),
      execute('p', 1),
      execute('p', 2),
      execute('p', 2),
      execute('p', 2),
      execute('p'),
      sync,
    );
    expect(lines).toEqual([
      ...['1', '2', 'D 1|é1', 'D 2|é2', 's', 'D 3|NULL', 's', 'D 4|é4', 'D 5|é5', 's'],
      ...['C SELECT 0', 'C SELECT 0', 'C SELECT 0', 'Z I'],
    ]);
    expect(wire.handler.log.filter((entry) => entry === 'run rows 5')).toHaveLength(1);
  });

  it('count the rows of the last Execute, and take a negative limit as none', async () => {
    const wire = await wireFixture();
    const messages = [parse('', 'rows 3'), bind('', ''), execute('', 1), execute('', -1), sync];
    expect(await wire.session(...messages)).toEqual([
      ...['1', '2', 'D 1|é1', 's', 'D 2|é2', 'D 3|NULL', 'C SELECT 2', 'Z I'],
    ]);
  });

  it('that ran a command cannot run again', async () => {
    const wire = await wireFixture();
    expect(await wire.session(parse('', 'insert'), bind('p', ''), execute('p'), execute('p'), sync)).toEqual([
      ...['1', '2', 'C INSERT 0 1', 'E ERROR 55000 portal "p" cannot be run', 'Z I'],
    ]);
    const show = [parse('', 'show'), bind('', ''), execute(), execute(), sync];
    expect(await wire.session(...show)).toEqual(['1', '2', 'D on', 'C SHOW', 'C SHOW', 'Z I']);
  });

  it('die at Sync, and what they held is released', async () => {
    const wire = await wireFixture();
    const lines = await wire.session(parse('', 'rows 9'), bind('p', ''), execute('p', 1), sync, execute('p', 1), sync);
    expect(lines).toEqual(['1', '2', 'D 1|é1', 's', 'Z I', 'E ERROR 34000 portal "p" does not exist', 'Z I']);
    expect(wire.handler.log).toEqual(['connect ann', 'end rows', 'commit', 'close']);
  });

  it('survive Sync in a block, and die with it', async () => {
    const wire = await wireFixture();
    const lines = await wire.session(
      ...run('begin'),
      parse('s', 'rows 4'),
      bind('p', 's'),
      execute('p', 1),
      sync,
      execute('p', 2),
      ...run('insert'),
      sync,
      execute('p', 1),
      ...run('commit'),
      execute('p'),
      sync,
    );
    expect(lines).toEqual([
      ...['1', '2', 'C BEGIN', '1', '2', 'D 1|é1', 's', 'Z T'],
      ...['D 2|é2', 'D 3|NULL', 's', '1', '2', 'C INSERT 0 1', 'Z T'],
      ...['D 4|é4', 's', '1', '2', 'C COMMIT', 'E ERROR 34000 portal "p" does not exist', 'Z I'],
    ]);
  });

  it('of a failed block keep their names but do not run', async () => {
    const wire = await wireFixture();
    const lines = await wire.session(
      ...run('begin'),
      parse('', 'rows 4'),
      bind('p', ''),
      execute('p', 1),
      parse('', 'bad'),
      sync,
      execute('p', 1),
      sync,
      describePortal('p'),
      sync,
      query('rollback'),
      execute('p', 1),
      sync,
    );
    const aborted = 'current transaction is aborted, commands ignored until end of transaction block';
    expect(lines.slice(7)).toEqual([
      ...['E ERROR 42P01 relation "x" does not exist [P=5]', 'Z E'],
      ...[`E ERROR 25P02 ${aborted}`, 'Z E', `E ERROR 25P02 ${aborted}`, 'Z E', 'C ROLLBACK', 'Z I'],
      ...['E ERROR 34000 portal "p" does not exist', 'Z I'],
    ]);
    expect(wire.handler.log).toContain('end rows');
  });

  it('must have new names, except the unnamed one', async () => {
    const wire = await wireFixture();
    const statement = parse('s', 'rows 1');
    expect(await wire.session(statement, bind('', 's'), bind('', 's'), execute(), sync)).toEqual([
      ...['1', '2', '2', 'D 1|é1', 'C SELECT 1', 'Z I'],
    ]);
    const again = await wire.session(query('begin'), statement, bind('p', 's'), bind('p', 's'), sync);
    expect(again.slice(2)).toEqual(['1', '2', 'E ERROR 42P03 cursor "p" already exists', 'Z E']);
  });

  it('are limited', async () => {
    const wire = await wireFixture({ portalsMax: 2 });
    const lines = await wire.session(parse('s', 'rows 1'), bind('a', 's'), bind('b', 's'), bind('c', 's'), sync);
    expect(lines[3]).toBe('E ERROR 53400 a session may hold 2 portals; close some');
  });

  it('close, and so do statements, whether they exist or not', async () => {
    const wire = await wireFixture();
    const lines = await wire.session(
      parse('s', 'rows 3'),
      bind('p', 's'),
      execute('p', 1),
      closePortal('p'),
      closePortal('p'),
      closeStatement('s'),
      closeStatement('s'),
      execute('p'),
      sync,
      bind('', 's'),
      sync,
    );
    expect(lines).toEqual([
      ...['1', '2', 'D 1|é1', 's', '3', '3', '3', '3', 'E ERROR 34000 portal "p" does not exist', 'Z I'],
      ...['E ERROR 26000 prepared statement "s" does not exist', 'Z I'],
    ]);
  });

  it('that are unnamed go with a simple query, as the unnamed statement does', async () => {
    const wire = await wireFixture();
    const lines = await wire.session(
      query('begin'),
      ...run('rows 1'),
      query('insert'),
      execute(),
      sync,
      query('rollback'),
    );
    expect(lines).toContain('E ERROR 34000 portal "" does not exist');
    expect(await wire.session(parse('', 'insert'), query('insert'), bind('', ''), sync)).toContain(
      'E ERROR 26000 unnamed prepared statement does not exist',
    );
  });
});

describe('errors of the extended protocol', () => {
  it('silence everything up to Sync, queries too', async () => {
    const wire = await wireFixture();
    const lines = await wire.session(
      ...run('insert'),
      parse('', 'bad'),
      ...run('insert'),
      query('insert'),
      flush,
      sync,
    );
    expect(lines).toEqual(['1', '2', 'C INSERT 0 1', 'E ERROR 42P01 relation "x" does not exist [P=5]', 'Z I']);
    expect(wire.handler.log).toEqual(['connect ann', 'run insert', 'rollback', 'close']);
  });

  it('roll back the pipeline, but not what an earlier Sync committed', async () => {
    const wire = await wireFixture();
    await wire.session(...run('insert'), sync, ...run('insert'), ...run('rows 3 fail 2'), sync, ...run('insert'), sync);
    expect(wire.handler.log.filter((entry) => /commit|rollback/.test(entry))).toEqual(['commit', 'rollback', 'commit']);
  });

  it('are reported by Sync if the commit fails', async () => {
    const wire = await wireFixture();
    expect(await wire.session(...run('poison'), sync, ...run('insert'), sync)).toEqual([
      ...['1', '2', 'C POISON', 'E ERROR 40001 poisoned', 'Z I', '1', '2', 'C INSERT 0 1', 'Z I'],
    ]);
  });

  const bad: [string, Uint8Array[], string][] = [
    ['an unknown statement', [bind('', 'x')], '26000 prepared statement "x" does not exist'],
    ['no unnamed statement', [describeStatement('')], '26000 unnamed prepared statement does not exist'],
    ['an unknown portal', [execute('x')], '34000 portal "x" does not exist'],
    ['describing an unknown portal', [describePortal('')], '34000 portal "" does not exist'],
    [
      'a duplicate statement',
      [parse('d', 'insert'), parse('d', 'insert')],
      '42P05 prepared statement "d" already exists',
    ],
    [
      'too few parameters',
      [parse('d', 'echo $1 $2'), bind('', 'd', ['1'])],
      '08P01 bind message supplies 1 parameters, but prepared statement "d" requires 2',
    ],
    [
      'parameter formats that do not fit',
      [parse('', 'echo $1'), bind('', '', ['1'], { parameters: [0, 0] })],
      '08P01 bind message has 2 parameter formats but 1 parameters',
    ],
    [
      'result formats that do not fit',
      [parse('', 'show'), bind('', '', [], { results: [0, 0] })],
      '08P01 bind message has 2 result formats but query has 1 columns',
    ],
    [
      'an unknown parameter format',
      [parse('', 'echo $1'), bind('', '', ['1'], { parameters: [5] })],
      '22023 unsupported format code: 5',
    ],
    [
      'an unknown result format',
      [parse('', 'show'), bind('', '', [], { results: [7] }), execute()],
      '22023 unsupported format code: 7',
    ],
    [
      'a parameter that is not UTF-8',
      [parse('', 'echo $1'), bind('', '', [Uint8Array.of(65, 0xed, 0xa0, 0x80)])],
      '22021 invalid byte sequence for encoding "UTF8": 0xed 0xa0 0x80',
    ],
    [
      'a zero in a text parameter',
      [parse('', 'echo $1'), bind('', '', [Uint8Array.of(65, 0)])],
      '22021 invalid byte sequence for encoding "UTF8": 0x00',
    ],
    ['a Parse without a final zero', [message('P', '', [65])], '08P01 invalid string in message'],
    [
      'a Parse with too few types',
      [message('P', '', 'insert', [0, 2, 0, 0, 0, 23])],
      '08P01 insufficient data left in message',
    ],
    [
      'a Bind that ends early',
      [parse('', 'insert'), message('B', '', '', [0])],
      '08P01 insufficient data left in message',
    ],
    [
      'a Bind with more bytes',
      [parse('', 'insert'), message('B', '', '', [0, 0, 0, 0, 0, 0, 9])],
      '08P01 invalid message format',
    ],
    [
      'a parameter of length -2',
      [parse('', 'echo $1'), message('B', '', '', [0, 0, 0, 1, 255, 255, 255, 254, 0, 0])],
      '08P01 insufficient data left in message',
    ],
    [
      'a parameter longer than its message',
      [parse('', 'echo $1'), message('B', '', '', [0, 0, 0, 1, 127, 255, 255, 255, 0, 0])],
      '08P01 insufficient data left in message',
    ],
    ['an Execute without a limit', [message('E', '')], '08P01 insufficient data left in message'],
    ['a Describe of nothing', [message('D')], '08P01 insufficient data left in message'],
    ['a Describe of something else', [message('D', [88], 'a')], '08P01 invalid DESCRIBE message subtype 88'],
    ['a Close of something else', [message('C', [88], 'a')], '08P01 invalid CLOSE message subtype 88'],
    ['a Flush with a body', [message('H', 'x')], '08P01 invalid message format'],
  ];
  it.each(bad)('%s: the session goes on after Sync', async (_, messages, error) => {
    const wire = await wireFixture();
    const lines = await wire.session(...messages, ...run('insert'), sync, ...run('insert'), sync);
    const shown = lines.filter((line) => line !== '1' && line !== '2');
    expect(shown).toEqual([`E ERROR ${error}`, 'Z I', 'C INSERT 0 1', 'Z I']);
  });
});
