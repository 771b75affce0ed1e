import { describe, expect, it } from 'vitest';
import { transcript } from './testing/backend-messages.ts';
import {
  bind,
  describePortal,
  describeStatement,
  execute,
  flush,
  parse,
  run,
  sync,
} from './testing/frontend-messages.ts';
import { wireFixture } from './testing/wire-fixture.ts';

const ROWS = 'n:23/4/-1@16400.1 t:1043/-1/14';

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
