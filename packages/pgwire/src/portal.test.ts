import { describe, expect, it } from 'vitest';
import {
  bind,
  closePortal,
  closeStatement,
  describePortal,
  execute,
  parse,
  query,
  run,
  sync,
} from './testing/frontend-messages.ts';
import { wireFixture } from './testing/wire-fixture.ts';

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
