import { describe, expect, it } from 'vitest';
import { flush, message, query, sync, terminate } from './testing/frontend-messages.ts';
import { wireFixture } from './testing/wire-fixture.ts';

const ROWS = 'T n:23/4/-1@16400.1 t:1043/-1/14';

describe('simple query', () => {
  it('describes, sends and counts rows', async () => {
    const wire = await wireFixture();
    expect(await wire.session(query('rows 3'))).toEqual([ROWS, 'D 1|é1', 'D 2|é2', 'D 3|NULL', 'C SELECT 3', 'Z I']);
    expect(wire.handler.log).toEqual(['connect ann', 'end rows', 'run rows 3', 'commit', 'close']);
    const counts = wire.metrics.read();
    expect([counts.get('pgwire_queries'), counts.get('pgwire_rows_sent')]).toEqual([1, 3]);
  });

  it('answers empty text with EmptyQueryResponse, once', async () => {
    const wire = await wireFixture();
    expect(await wire.session(query(''), query(' ;; '))).toEqual(['I', 'Z I', 'I', 'Z I']);
  });

  it('runs several statements in one transaction, with one ReadyForQuery', async () => {
    const wire = await wireFixture();
    const lines = await wire.session(query('insert; rows 1; show'));
    expect(lines).toEqual(['C INSERT 0 1', ROWS, 'D 1|é1', 'C SELECT 1', 'T v:25/-1/-1', 'D on', 'C SHOW', 'Z I']);
    expect(wire.handler.log.filter((entry) => entry === 'commit')).toHaveLength(1);
  });

  it('stops at an error, rolls back what came before, and goes on with the next query', async () => {
    const wire = await wireFixture();
    const lines = await wire.session(query('insert; bad; insert'), query('rows 0'));
    expect(lines).toEqual([
      'C INSERT 0 1',
      'E ERROR 42P01 relation "x" does not exist [P=5]',
      'Z I',
      ROWS,
      'C SELECT 0',
      'Z I',
    ]);
    expect(wire.handler.log.slice(1, 5)).toEqual(['run insert', 'run bad', 'rollback', 'end rows']);
  });

  it('reports an error in the middle of rows after the rows that were sent', async () => {
    const wire = await wireFixture();
    expect(await wire.session(query('rows 5 fail 2'))).toEqual([
      ROWS,
      'D 1|é1',
      'D 2|é2',
      'E ERROR 22012 division by zero',
      'Z I',
    ]);
  });

  it('shows the transaction status, also of a failed block', async () => {
    const wire = await wireFixture();
    const texts = ['begin', 'insert', 'bad', 'insert', 'commit', 'begin; rows 0', 'rollback'];
    const lines = await wire.session(...texts.map(query));
    expect(lines.filter((line) => /^[ZE]/.test(line))).toEqual([
      'Z T',
      'Z T',
      'E ERROR 42P01 relation "x" does not exist [P=5]',
      'Z E',
      'E ERROR 25P02 current transaction is aborted, commands ignored until end of transaction block',
      'Z E',
      'Z I',
      'Z T',
      'Z I',
    ]);
  });

  it('sends notices before the tag and reports before ReadyForQuery', async () => {
    const wire = await wireFixture();
    expect(await wire.session(query('notice hello; set TimeZone Mars; set x 1'))).toEqual([
      'N NOTICE 00000 hello [H=none]',
      'C NOTICE',
      'C SET',
      'C SET',
      'S TimeZone=Mars',
      'S x=1',
      'Z I',
    ]);
  });

  it('reports a commit that fails instead of the tag', async () => {
    const wire = await wireFixture();
    expect(await wire.session(query('poison'))).toEqual(['E ERROR 40001 poisoned', 'Z I']);
  });

  it.each([
    ['no final zero', message('Q', [...Buffer.from('insert')]), '08P01 invalid string in message'],
    ['two final zeros', message('Q', 'insert', [0]), '08P01 invalid message format'],
    ['no body', message('Q'), '08P01 invalid string in message'],
    [
      'invalid UTF-8',
      message('Q', [0x27, 0xc3, 0x28, 0]),
      '22021 invalid byte sequence for encoding "UTF8": 0xc3 0x28',
    ],
    ['an overlong form', message('Q', [0xc0, 0x80, 0]), '22021 invalid byte sequence for encoding "UTF8": 0xc0 0x80'],
  ])('survives a query with %s', async (_, bad, error) => {
    const wire = await wireFixture();
    const lines = await wire.session(bad, query('insert'));
    expect(lines).toEqual([`E ERROR ${error}`, 'Z I', 'C INSERT 0 1', 'Z I']);
  });

  it('fails a block for a broken message', async () => {
    const wire = await wireFixture();
    expect(await wire.session(query('begin'), message('Q'))).toEqual([
      'C BEGIN',
      'Z T',
      'E ERROR 08P01 invalid string in message',
      'Z E',
    ]);
  });
});

describe('other messages', () => {
  it('refuses function calls and goes on', async () => {
    const wire = await wireFixture();
    expect(await wire.session(message('F', [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]), query('insert'))).toEqual([
      'E ERROR 0A000 the function call protocol is not supported',
      'Z I',
      'C INSERT 0 1',
      'Z I',
    ]);
  });

  it('ignores COPY messages outside COPY', async () => {
    const wire = await wireFixture();
    const stray = [message('d', 'x'), message('c'), message('f', 'why')];
    expect(await wire.session(...stray, query('insert'))).toEqual(['C INSERT 0 1', 'Z I']);
  });

  it.each([
    ['an unknown type', message('?', 'x'), 'invalid frontend message type 63'],
    ['a password', message('p', 'x'), 'invalid frontend message type 112'],
    ['a zero', Uint8Array.of(0), 'invalid frontend message type 0'],
  ])('ends the connection at %s', async (_, bad, text) => {
    const wire = await wireFixture();
    expect(await wire.session(query('begin; insert'), bad, query('commit'))).toEqual([
      'C BEGIN',
      'C INSERT 0 1',
      'Z T',
      `E FATAL 08P01 ${text}`,
    ]);
    expect(wire.handler.log.at(-1)).toBe('close');
    expect(wire.handler.log).not.toContain('commit');
  });

  it.each([
    ['length 0', [81, 0, 0, 0, 0]],
    ['length 3', [81, 0, 0, 0, 3]],
    ['length -1', [81, 255, 255, 255, 255]],
    ['2 GB', [81, 127, 255, 255, 255]],
    ['a Sync of 10,001 bytes', [83, 0, 0, 0x27, 0x11]],
  ])('closes silently at %s', async (_, bytes) => {
    const wire = await wireFixture();
    expect(await wire.session(Uint8Array.from(bytes), query('insert'))).toEqual([]);
    expect(wire.handler.log).toEqual(['connect ann', 'close']);
  });

  it('says so if a message is longer than the limit', async () => {
    const wire = await wireFixture({ messageBytesMax: 100 });
    expect(await wire.session(query('x'.repeat(99)))).toContain('Z I');
    expect(await wire.session(query('x'.repeat(100)))).toEqual([
      'E FATAL 54000 message of 101 bytes exceeds the limit of 100 bytes',
    ]);
  });

  it('ends quietly at Terminate and at the end of input', async () => {
    const wire = await wireFixture();
    expect(await wire.session(query('begin'), terminate, query('commit'))).toEqual(['C BEGIN', 'Z T']);
    expect(await wire.session(query('begin'), query('commit').subarray(0, 7))).toEqual(['C BEGIN', 'Z T']);
    expect(wire.handler.log.filter((entry) => entry === 'close')).toHaveLength(2);
    expect(wire.handler.log).not.toContain('commit');
  });

  it('answers Sync and Flush without work', async () => {
    const wire = await wireFixture();
    expect(await wire.session(flush, sync, message('S', 'x'), sync)).toEqual([
      'Z I',
      'E ERROR 08P01 invalid message format',
      'Z I',
      'Z I',
    ]);
  });
});
