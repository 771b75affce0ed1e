import { describe, expect, it } from 'vitest';
import type { SqlAnswer, SqlTarget } from '../support/sql-answer.ts';
import { runTopic, type TopicResult } from './run-topic.ts';
import { parseSkipList } from './skip-list.ts';
import { parseSlt } from './slt-file.ts';

/** Answers by SQL; sessions are numbered in the order they are opened. */
function scripted(answers: Readonly<Record<string, SqlAnswer>>): SqlTarget & { readonly asked: string[] } {
  const asked: string[] = [];
  let sessions = 0;
  return {
    name: 'scripted',
    asked,
    async connect() {
      const session = ++sessions;
      return {
        async ask(sql) {
          asked.push(`${session}: ${sql}`);
          return answers[sql] ?? { kind: 'done', tag: 'DONE' };
        },
        close: async () => undefined,
      };
    },
    clear: async () => void asked.push('clear'),
    close: async () => undefined,
  };
}

const rows = (typeOid: number, ...values: readonly (string | null)[]): SqlAnswer => ({
  kind: 'rows',
  columns: [{ name: 'c', typeOid }],
  rows: values.map((value) => [value]),
});
const ANSWERS: Readonly<Record<string, SqlAnswer>> = {
  three: rows(23, '2', null, '1'),
  same: rows(23, '1', '2', null),
  text: rows(25, '', 'a\tb\nc\\', 'pid 17 x'),
  two: {
    kind: 'rows',
    columns: [
      { name: 'a', typeOid: 16 },
      { name: 'b', typeOid: 1184 },
    ],
    rows: [
      ['t', '9'],
      ['f', '8'],
    ],
  },
  boom: { kind: 'error', sqlstate: '22012', message: 'division by zero (really)' },
  insert: { kind: 'done', tag: 'INSERT 0 3' },
};

/** How a topic writes a loop's variable. */
const variable = (name: string): string => `$\{${name}}`;

async function run(
  text: string,
  conditions: readonly string[] = [],
): Promise<TopicResult & { asked: readonly string[] }> {
  const target = scripted(ANSWERS);
  const result = await runTopic(target, text, { topic: 'topic', conditions: new Set(conditions), line: null });
  return { ...result, asked: target.asked };
}
const problemsOf = async (text: string): Promise<readonly (string | null)[]> =>
  (await run(text)).results.map(({ problem }) => problem);

describe('a topic', () => {
  it.each([
    ['statement ok\ninsert'],
    ['statement count 3\ninsert'],
    ['statement error\nboom'],
    ['statement error 22012\nboom'],
    ['statement error 22012 by zero\nboom'],
    ['query error by zero \\(\nboom'],
    ['query I nosort\nthree\n----\n2\nNULL\n1'],
    ['query I rowsort\nthree\n----\n1\n2\nNULL'],
    ['query I colnames\nthree\n----\nc\n2\nNULL\n1'],
    ['query T\ntext\n----\n(empty)\na\\tb\\nc\\\\\npid <slt:ignore> x'],
    ['query BP\ntwo\n----\nt\t9\nf\t8'],
    ['query BP valuesort\ntwo\n----\n8\n9\nf\nt'],
    ['hash-threshold 2\n\nquery I rowsort\nthree\n----\n3 values hashing to 947ac7611a144a747fd1ba4cb9205642'],
  ])('holds: %s', async (text) => {
    expect(await problemsOf(text)).toEqual([null]);
  });

  it.each([
    ['statement ok\nboom', 'failed: 22012'],
    ['statement count 2\ninsert', 'expected 2 rows, got 3'],
    ['statement count 2\ncreate', 'expected 2 rows, got no count'],
    ['statement error\ninsert', 'expected an error, got no error'],
    ['statement error 22003\nboom', 'expected 22003, got 22012'],
    ['statement error 22012 overflow\nboom', 'expected 22012 matching /overflow/, got 22012'],
    ['query T\nthree\n----\n2\nNULL\n1', 'expected columns of types T, got I'],
    ['query I\nthree\n----\n1\n2\nNULL', 'expected\n    1\n    2\n    NULL\n  got\n    2'],
    ['query I\nthree\n----\n2\nNULL', 'expected'],
    ['query I\nthree\n----', '(no rows)'],
    ['query I\ninsert\n----\n1', 'expected rows, got "INSERT 0 3"'],
  ])('does not hold: %s', async (text, problem) => {
    const [actual] = await problemsOf(text);
    expect(actual).toContain(problem);
  });

  it('wants the same rows of queries with one label', async () => {
    const [first, second, third] = await problemsOf(
      'query I rowsort x\nthree\n----\n1\n2\nNULL\n\nquery I x\nsame\n----\n1\n2\nNULL\n\nquery I x\nthree\n----\n2\nNULL\n1',
    );
    expect([first, second]).toEqual([null, null]);
    expect(third).toBe('not the answer of line 1, which has the same label, x');
  });

  it('runs loops, conditions and sessions, stops at halt, and cleans up', async () => {
    const { asked, results } = await run(
      [
        ...['loop i 0 2', '', 'statement ok', `insert ${variable('i')}`, '', 'endloop', ''],
        ...['foreach t a b', '', 'statement ok', `drop ${variable('t')}`, '', 'endloop', ''],
        ...['skipif here', 'statement ok', 'not here', '', 'onlyif there', 'statement ok', 'only there', ''],
        ...['onlyif postgres', 'statement ok', 'for postgres', ''],
        ...['onlyif here', 'connection two', 'statement ok', 'second', '', 'statement ok', 'first again', ''],
        ...['halt', '', 'statement ok', 'never'],
      ].join('\n'),
      ['here'],
    );
    expect(asked).toEqual([
      '1: insert 0',
      '1: insert 1',
      '1: drop a',
      '1: drop b',
      '2: second',
      '1: first again',
      'clear',
    ]);
    expect(results.filter(({ isConditional }) => isConditional).map(({ sql }) => sql)).toEqual([
      'not here',
      'only there',
    ]);
  });

  it('fills in what it does not know', async () => {
    const text = [
      ...['# prose stays', 'query rowsort label', 'three', '', 'query error', 'three', '', 'statement ok', 'boom', ''],
      ...[
        'query T',
        'text',
        '----',
        'wrong',
        '(empty)',
        '',
        'query T',
        'text',
        '----',
        'x',
        'y',
        'pid <slt:ignore> x',
        '',
      ],
      ...['statement count 0', 'insert', ''],
    ];
    const { completed } = await run(text.join('\n'));
    expect(completed.split('\n')).toEqual([
      ...['# prose stays', 'query I rowsort label', 'three', '----', '1', '2', 'NULL', ''],
      ...['query I', 'three', '----', '2', 'NULL', '1', ''],
      ...['statement error 22012 division by zero \\(really\\)', 'boom', ''],
      ...['query T', 'text', '----', '(empty)', 'a\\tb\\nc\\\\', 'pid 17 x', ''],
      ...['query T', 'text', '----', '(empty)', 'a\\tb\\nc\\\\', 'pid <slt:ignore> x', ''],
      ...['statement count 3', 'insert', ''],
    ]);
    const { completed: again, results } = await run(completed);
    expect(again).toBe(completed);
    expect(results.map(({ problem }) => problem)).toEqual(results.map(() => null));
  });

  it.each([
    ['sttement ok\nx', 'topic:1: "sttement ok" is no record'],
    ['statement ok\n\nx', 'topic:2: a record without SQL'],
    ['statement maybe\nx', 'a statement is ok, error or count'],
    ['statement count many\nx', '"many" is no number'],
    ['query I a b\nx', 'more than one label: a b'],
    ['loop i 0 2\nstatement ok\nx', 'the loop of line 1 has no endloop'],
    ['endloop', 'endloop without loop'],
  ])('is refused: %s', (text, message) => {
    expect(() => parseSlt('topic', text)).toThrow(message);
  });
});

describe('a list of skips', () => {
  const result = { topic: 't', line: 1, problem: null, isConditional: true };
  const list = parseSkipList('# prose\n[why]\nt: select  1\nu: *\n\n[why not]\nt: select 2\n');

  it('knows its entries, and which nobody needed', () => {
    expect(list.reasonOf({ ...result, sql: 'select 1' })).toBe('why');
    expect(list.reasonOf({ ...result, sql: 'select 3' })).toBeNull();
    expect(list.reasonOf({ ...result, topic: 'u', sql: 'anything' })).toBe('why');
    expect(list.unused(['t', 'u'])).toEqual(['t: select 2']);
    expect(list.unused(['u'])).toEqual([]);
  });

  it.each(['t: select 1', '[unreviewed]\nt: select 1', '[why]\nselect 1'])('is refused: %s', (text) => {
    expect(() => parseSkipList(text)).toThrow();
  });
});
