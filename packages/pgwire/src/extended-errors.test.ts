import { describe, expect, it } from 'vitest';
import {
  bind,
  describePortal,
  describeStatement,
  execute,
  flush,
  message,
  parse,
  query,
  run,
  sync,
} from './testing/frontend-messages.ts';
import { wireFixture } from './testing/wire-fixture.ts';

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
