import { arrayOf, type DataType, defineSignature, types, type Value, vectorFromValues } from '@millrace/core';
import type { PhysicalPlan } from '@millrace/planner';
import { describe, expect, it } from 'vitest';
import { standardExecRegistry } from '../standard-registry.ts';
import { defineTableFunction } from '../table-functions/definition.ts';
import { column, literal, run } from '../testing/harness.ts';

type Argument = readonly [Value, DataType];

function scan(
  fn: string,
  args: readonly Argument[],
  returns: readonly DataType[],
  hasOrdinality = false,
): PhysicalPlan {
  const columns = [...returns, ...(hasOrdinality ? [types.int8] : [])].map((type, k) => column(`c${k}`, type));
  return { op: 'function-scan', fn, args: args.map(([value, type]) => literal(value, type)), columns, hasOrdinality };
}
const day = (n: number): bigint => BigInt(n) * 86_400_000_000n;

describe('table functions', () => {
  it.each<[string, readonly Argument[], readonly DataType[], Value[][]]>([
    [
      'generate_series(int4,int4)',
      [
        [1, types.int4],
        [4, types.int4],
      ],
      [types.int4],
      [[1], [2], [3], [4]],
    ],
    [
      'generate_series(int4,int4)',
      [
        [3, types.int4],
        [1, types.int4],
      ],
      [types.int4],
      [],
    ],
    [
      'generate_series(int4,int4,int4)',
      [
        [5, types.int4],
        [0, types.int4],
        [-2, types.int4],
      ],
      [types.int4],
      [[5], [3], [1]],
    ],
    [
      'generate_series(int4,int4,int4)',
      [
        [2147483646, types.int4],
        [2147483647, types.int4],
        [1, types.int4],
      ],
      [types.int4],
      [[2147483646], [2147483647]],
    ],
    [
      'generate_series(int4,int4)',
      [
        [null, types.int4],
        [4, types.int4],
      ],
      [types.int4],
      [],
    ],
    [
      'generate_series(int8,int8)',
      [
        [9223372036854775806n, types.int8],
        [9223372036854775807n, types.int8],
      ],
      [types.int8],
      [[9223372036854775806n], [9223372036854775807n]],
    ],
    [
      'generate_series(numeric,numeric,numeric)',
      [
        ['1.0', types.numeric],
        ['3', types.numeric],
        ['0.55', types.numeric],
      ],
      [types.numeric],
      [['1.0'], ['1.55'], ['2.10'], ['2.65']],
    ],
    [
      'generate_series(numeric,numeric)',
      [
        ['1.00', types.numeric],
        ['2.5', types.numeric],
      ],
      [types.numeric],
      [['1.00'], ['2.00']],
    ],
    [
      'generate_series(timestamp,timestamp,interval)',
      [
        [day(0), types.timestamp],
        [day(2), types.timestamp],
        [{ months: 0, days: 1, micros: 0n }, types.interval],
      ],
      [types.timestamp],
      [[day(0)], [day(1)], [day(2)]],
    ],
    [
      'generate_series(timestamptz,timestamptz,interval)',
      [
        [day(0), types.timestamptz],
        [day(62), types.timestamptz],
        [{ months: 1, days: 0, micros: 0n }, types.interval],
      ],
      [types.timestamptz],
      [[day(0)], [day(31)], [day(59)]],
    ],
    [
      'unnest(anyarray...)',
      [
        [[1, null], arrayOf(types.int4)],
        [['a', 'b', 'c'], arrayOf(types.text)],
      ],
      [types.int4, types.text],
      [
        [1, 'a'],
        [null, 'b'],
        [null, 'c'],
      ],
    ],
    ['unnest(anyarray...)', [[null, arrayOf(types.int4)]], [types.int4], []],
    [
      'generate_subscripts(anyarray,int4)',
      [
        [[7, 8], arrayOf(types.int4)],
        [1, types.int4],
      ],
      [types.int4],
      [[1], [2]],
    ],
    [
      'generate_subscripts(anyarray,int4)',
      [
        [[7, 8], arrayOf(types.int4)],
        [2, types.int4],
      ],
      [types.int4],
      [],
    ],
    [
      'json_array_elements(json)',
      [['[1, {"a":  2 } ,"x\\u0041", null, [], "],"]', types.json]],
      [types.json],
      [['1'], ['{"a":  2 }'], ['"x\\u0041"'], ['null'], ['[]'], ['"],"']],
    ],
    [
      'jsonb_array_elements_text(jsonb)',
      [['[1, {"a": 2}, "xA", null]', types.jsonb]],
      [types.text],
      [['1'], ['{"a": 2}'], ['xA'], [null]],
    ],
    ['json_array_elements(json)', [[' [ ] ', types.json]], [types.json], []],
    [
      'json_each(json)',
      [['{"a" : 1 , "a": [1,  2], "b:,": {}}', types.json]],
      [types.text, types.json],
      [
        ['a', '1'],
        ['a', '[1,  2]'],
        ['b:,', '{}'],
      ],
    ],
    [
      'jsonb_each_text(jsonb)',
      [['{"a": "x", "b": null}', types.jsonb]],
      [types.text, types.text],
      [
        ['a', 'x'],
        ['b', null],
      ],
    ],
    ['jsonb_object_keys(jsonb)', [['{"a": 1, "b": {"c": 2}}', types.jsonb]], [types.text], [['a'], ['b']]],
    [
      'regexp_split_to_table(text,text)',
      [
        ['a1b22c', types.text],
        ['[0-9]+', types.text],
      ],
      [types.text],
      [['a'], ['b'], ['c']],
    ],
    [
      'string_to_table(text,text)',
      [
        ['a,b,,c', types.text],
        [',', types.text],
      ],
      [types.text],
      [['a'], ['b'], [''], ['c']],
    ],
    [
      'string_to_table(text,text,text)',
      [
        ['a,b', types.text],
        [',', types.text],
        ['b', types.text],
      ],
      [types.text],
      [['a'], [null]],
    ],
    [
      'string_to_table(text,text)',
      [
        ['ab', types.text],
        [null, types.text],
      ],
      [types.text],
      [['a'], ['b']],
    ],
  ])('%s', async (fn, args, returns, expected) => {
    for (const batchRows of [1, 2, 1024]) expect(await run(scan(fn, args, returns), { batchRows })).toEqual(expected);
    const numbered = expected.map((row, i) => [...row, BigInt(i + 1)]);
    expect(await run(scan(fn, args, returns, true), { batchRows: 2 })).toEqual(numbered);
  });

  it.each<[string, readonly Argument[], string]>([
    [
      'generate_series(int4,int4,int4)',
      [
        [1, types.int4],
        [5, types.int4],
        [0, types.int4],
      ],
      '22023',
    ],
    [
      'generate_series(numeric,numeric,numeric)',
      [
        ['1', types.numeric],
        ['2', types.numeric],
        ['NaN', types.numeric],
      ],
      '22023',
    ],
    ['json_array_elements(json)', [['{"a": 1}', types.json]], '22023'],
    ['jsonb_each(jsonb)', [['[1]', types.jsonb]], '22023'],
    ['json_object_keys(json)', [['1', types.json]], '22023'],
  ])('%s refuses %o', async (fn, args, sqlstate) => {
    const returns = fn.startsWith('jsonb_each') ? [types.text, types.jsonb] : [types.text];
    await expect(run(scan(fn, args, returns))).rejects.toMatchObject({ sqlstate });
  });

  it('runs table functions of a deployment, also asynchronous ones', async () => {
    const signature = defineSignature('table', { name: 'letters', args: ['int4'], returns: types.text });
    const letters = defineTableFunction({
      signature,
      async *rows(call) {
        const count = call.args[0] as number;
        for (let i = 0; i < count; i++) {
          yield { rowCount: 1, vectors: [vectorFromValues(types.text, [String.fromCharCode(97 + i)])] };
        }
      },
    });
    const registry = standardExecRegistry(undefined, { tableFunctions: [letters] });
    expect(await run(scan('letters(int4)', [[2, types.int4]], [types.text], true), { registry })).toEqual([
      ['a', 1n],
      ['b', 2n],
    ]);
    expect(await run(scan('letters(int4)', [[null, types.int4]], [types.text]), { registry })).toEqual([]);
  });
});
