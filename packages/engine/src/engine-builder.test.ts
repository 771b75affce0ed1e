import { defineSignature, failure, types } from '@millrace/core';
import { defineWindowFunction } from '@millrace/exec';
import type { AnalyzerRule, OptimizerRule } from '@millrace/planner';
import { expect, test } from 'vitest';
import type { EngineBuilder } from './engine-builder.ts';
import { engineWorld, errorOf } from './testing/engine-world.ts';

const rule = (name: string): OptimizerRule => ({
  name,
  stage: 'logical',
  phase: 'simplify',
  summary: `the rule ${name}`,
  on: ['filter'],
  order: 'up',
  examples: [],
  rewrite: (node) => node,
});
/** A policy that refuses to read the table `secret`. */
const noSecrets: AnalyzerRule = {
  name: 'no-secrets',
  stage: 'analyzer',
  summary: 'nobody reads secret',
  examples: [],
  analyze(plan) {
    if (
      JSON.stringify(plan, (_, item) => (typeof item === 'bigint' ? String(item) : item)).includes('"name":"secret"')
    ) {
      throw failure('insufficientPrivilege', { message: 'secret' });
    }
    return plan;
  },
};
const build = (configure: (builder: EngineBuilder) => EngineBuilder): Promise<string> =>
  errorOf(engineWorld({ configure }));

test('names that no rule has are refused with a hint', async () => {
  const rules = [rule('fold-things'), rule('push-things')];
  for (const configure of [
    (builder: EngineBuilder) => builder.use(rules).disableRule('fold-thing'),
    (builder: EngineBuilder) => builder.use(rules).replaceRule('fold-thing', rule('x')),
    (builder: EngineBuilder) => builder.use(rules).orderRule('fold-thing', { after: ['push-things'] }),
  ]) {
    await expect(engineWorld({ configure })).rejects.toMatchObject({
      sqlstate: 'F0000',
      message: 'there is no rule "fold-thing"',
      info: { hint: 'Did you mean "fold-things"?' },
    });
  }
  expect(await build((builder) => builder.policy(noSecrets).disableRule('no-secrets'))).toBe(
    'F0000 "no-secrets" is an analyzer pass, which cannot be disabled',
  );
});

test('order, replacement and switches show in SHOW millrace.rules', async () => {
  const world = await engineWorld({
    configure: (builder) =>
      builder
        .use([rule('a'), rule('b'), rule('c')])
        .orderRule('a', { after: ['b'] })
        .orderRule('a', { after: ['c'] })
        .replaceRule('b', { ...rule('ours'), summary: 'ours' })
        .disableRule('c'),
  });
  const session = await world.connect();
  const shown = async (): Promise<unknown> =>
    (await session.rows('show millrace.rules')).map((row) => [row[0], row[1], row[3], row[5]]);
  expect(await shown()).toEqual([
    [1, 'b', true, 'ours'],
    [2, 'c', false, 'the rule c'],
    [3, 'a', true, 'the rule a'],
  ]);
  await session.run("set millrace.disabled_rules = 'a'");
  expect(((await shown()) as unknown[][]).map((row) => row[2])).toEqual([true, false, false]);
});

test('a policy is on every way to the table, also for statements prepared before it is asked', async () => {
  const world = await engineWorld({ configure: (builder) => builder.policy(noSecrets) });
  const session = await world.connect();
  await session.run('create table secret (x int); create table t (x int)');
  for (const sql of [
    'select * from secret',
    'select (select max(x) from secret)',
    'insert into t select * from secret',
    'explain select * from secret',
    'explain analyze select * from secret',
    'prepare p as select * from secret',
    "set millrace.disabled_rules = 'all'; select * from secret",
    'with s as (select * from secret) select count(*) from s',
    'select 1 where exists (select from secret)',
  ]) {
    expect(await session.error(sql), sql).toBe('42501 secret');
  }
  expect(await session.error("set millrace.disabled_rules = 'no-secrets'")).toBe(
    '22023 "no-secrets" is an analyzer pass, which cannot be disabled',
  );
  await session.session.prepare('q', 'select * from t', []);
  await session.run('drop table t; create table t (x int)');
  await expect(session.execute('select * from t')).resolves.toMatchObject({ rows: [] });
});

test('a window function of a plug-in is called by SQL, with OVER only, and listed in pg_proc', async () => {
  const partitionSize = defineWindowFunction({
    signature: defineSignature('window', { name: 'partition_size', args: [], returns: types.int4, strict: false }),
    compute({ partitions: { rowCount, partitionOf, partitionStarts } }) {
      const values = partitionOf.map((partition) => {
        const [start = 0, end = 0] = partitionStarts.subarray(partition, partition + 2);
        return end - start;
      });
      return { kind: 'fixed', type: types.int4, length: rowCount, validity: null, values };
    },
  });
  const world = await engineWorld({
    configure: (builder) => builder.use({ name: 'sizes', windowFunctions: [partitionSize] }),
  });
  const session = await world.connect();
  const sizes = 'select x, partition_size() over (partition by x % 2) from generate_series(1, 3) x order by x';
  expect(await session.rows(sizes)).toEqual([
    [1, 2],
    [2, 1],
    [3, 2],
  ]);
  expect(await session.error('select partition_size()')).toBe(
    '42809 window function partition_size requires an OVER clause',
  );
  expect(await session.rows("select prokind from pg_proc where proname = 'partition_size'")).toEqual([['w']]);
});

test('a built engine does not change', async () => {
  let kept: EngineBuilder | null = null;
  const world = await engineWorld({
    configure: (builder) => {
      kept = builder;
      return builder;
    },
  });
  const builder = kept as unknown as EngineBuilder;
  builder
    .setting('statement_timeout', '1s')
    .disableRule('nothing')
    .use([rule('late')]);
  const session = await world.connect();
  expect(await session.rows('show statement_timeout')).toEqual([['0']]);
  expect(world.engine.rules).toEqual([]);
  expect(await errorOf(builder.build())).toBe('F0000 this builder has built its engine');
  expect(Object.isFrozen(world.engine) && Object.isFrozen(world.engine.services)).toBe(true);
});

test('bad defaults and names that are taken are refused at build', async () => {
  expect(await build((builder) => builder.setting('nothing', '1'))).toMatch(/^42704 /);
  expect(await build((builder) => builder.setting('statement_timeout', 'soon'))).toMatch(/^22023 /);
  expect(await build((builder) => builder.setting('millrace.disabled_rules', 'x'))).toMatch(/^22023 /);
  const flush = { name: 'FLUSH', parameters: [], call: async () => undefined };
  expect(await build((builder) => builder.use({ name: 'p', procedures: [flush] }))).toBe(
    'F0000 procedure "flush" is defined twice',
  );
  expect(await build((builder) => builder.use([rule('a')]).use([rule('a')]))).toBe(
    'F0000 rule "a" is registered twice',
  );
});
