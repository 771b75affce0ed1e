import { type DataType, type Expr, MillraceError, type ParameterValue, types, type Value } from '@millrace/core';
import type { DirectCell, DirectField, PhysicalPlan } from '@millrace/planner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutModifiers } from '../inserts/append-parameter.ts';
import { column, type Harness, harness, literal, run } from '../testing/harness.ts';

const table = { tableId: 't', schemaId: 3, schemaName: 'public', name: 't' };
const text = (value: string): ParameterValue => ({ kind: 'bytes', bytes: new TextEncoder().encode(value), format: 0 });
const binary = (...bytes: number[]): ParameterValue => ({ kind: 'bytes', bytes: Uint8Array.from(bytes), format: 1 });
const parameterCell = (index: number): DirectCell => ({ kind: 'parameter', index });

function direct(fieldTypes: readonly DataType[], rows: readonly (readonly DirectCell[])[]): PhysicalPlan {
  const fields = fieldTypes.map((type, k): DirectField => ({ field: `f${k}`, nullable: true, type }));
  return { op: 'direct-insert', columns: [], table, fields, rows };
}

/** The plan without the fast path: VALUES with assignment casts, then Insert. */
function general(fieldTypes: readonly DataType[], rows: readonly (readonly DirectCell[])[]): PhysicalPlan {
  const columns = fieldTypes.map((type, k) => column(`f${k}`, type));
  const exprOf = (cell: DirectCell, k: number): Expr => {
    const type = fieldTypes[k] as DataType;
    if (cell.kind === 'literal') return literal(cell.value, type);
    if (cell.kind === 'expr') return cell.expr;
    const operand: Expr = { kind: 'parameter', index: cell.index, type: withoutModifiers(type) };
    return { kind: 'cast', operand, type, context: 'assignment' };
  };
  return {
    op: 'insert',
    columns: [],
    table,
    fields: columns.map((entry, k) => ({ field: `f${k}`, nullable: true, source: entry.id })),
    input: { op: 'values', columns, rows: rows.map((row) => row.map(exprOf)) },
  };
}

async function outcome(plan: PhysicalPlan, parameters: readonly ParameterValue[]): Promise<unknown> {
  const h = harness({ parameters, batchRows: 1024 });
  try {
    await run(plan, { harness: h });
  } catch (error) {
    return error instanceof MillraceError ? error.sqlstate : error;
  }
  return h.written;
}

const FIELD_TYPES: readonly DataType[] = [
  types.int2,
  types.int4,
  types.int8,
  types.float8,
  types.bool,
  types.text,
  { kind: 'varchar', length: 3 },
  { kind: 'numeric', precision: 5, scale: 2 },
  types.numeric,
  types.date,
  types.timestamptz,
  types.uuid,
  types.jsonb,
  types.bytea,
  { kind: 'array', item: types.int4 },
];
const INPUTS: readonly string[] = [
  '1',
  '-7',
  '32768',
  '2147483648',
  '9223372036854775808',
  '1.005',
  '999.999',
  'NaN',
  'abc',
  'abcd',
  'abc  ',
  '',
  't',
  'true',
  'maybe',
  '2024-02-29',
  '2023-02-29',
  'now',
  'today',
  'infinity',
  '2024-01-01 10:00:00+02',
  '00000000-0000-4000-8000-000000000000',
  '{"a": 1}',
  '{"a":',
  '{1,2}',
  '{1,x}',
  '\\x00ff',
  '\\xzz',
  ' 5 ',
  'ü',
];

describe('direct insert', () => {
  it('fills columns from text and binary parameters, literals and expressions', async () => {
    const plan = direct(
      [types.int4, types.text, types.int8],
      [
        [parameterCell(1), parameterCell(2), { kind: 'literal', value: 5n }],
        [parameterCell(3), { kind: 'literal', value: null }, parameterCell(4)],
      ],
    );
    const h: Harness = harness({
      parameters: [text('42'), text('ü'), binary(0, 0, 1, 0), { kind: 'value', value: -1n }],
    });
    expect(await run(plan, { harness: h })).toEqual([]);
    expect(h.written).toEqual([
      {
        tableId: 't',
        schemaId: 3,
        rows: [
          [42, 'ü', 5n],
          [256, null, -1n],
        ],
      },
    ]);
    expect(h.metrics.read().get('insert_fast_path')).toBe(1);
    expect(h.metrics.read().get('insert_fast_path_rows')).toBe(2);
  });

  it('evaluates a distinct expression once per execution', async () => {
    let draws = 0;
    const draw: Expr = {
      kind: 'call',
      fn: { id: 'random()', volatility: 'volatile', mayFail: false, strict: true },
      args: [],
      type: types.float8,
    };
    const cell = (): DirectCell => ({ kind: 'expr', expr: { ...draw } });
    const h = harness();
    const random = (): number => ++draws;
    const task = { ...h.task, evaluation: { ...h.task.evaluation, random } };
    await run(
      direct(
        [types.float8, types.float8],
        [
          [cell(), cell()],
          [cell(), cell()],
        ],
      ),
      { harness: { ...h, task } },
    );
    expect(h.written[0]?.rows).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it('writes what the general plan writes, or fails with the same SQLSTATE', async () => {
    const cells = fc.array(fc.constantFrom(...FIELD_TYPES), { minLength: 1, maxLength: 3 }).chain((fields) =>
      fc.record({
        fields: fc.constant(fields),
        values: fc.array(
          fc.array(fc.option(fc.constantFrom(...INPUTS), { freq: 6 }), {
            minLength: fields.length,
            maxLength: fields.length,
          }),
          {
            minLength: 1,
            maxLength: 2,
          },
        ),
      }),
    );
    let failures = 0;
    await fc.assert(
      fc.asyncProperty(cells, async ({ fields, values }) => {
        const parameters = values.flat().map((value) => (value === null ? null : text(value)));
        const rows = values.map((row, i) => row.map((_, k) => parameterCell(i * fields.length + k + 1)));
        const written = await outcome(direct(fields, rows), parameters);
        if (typeof written === 'string') failures++;
        const isSingle = parameters.length === 1;
        const expected = await outcome(general(fields, rows), parameters);
        if (isSingle || typeof expected !== 'string') expect(written).toEqual(expected);
        else expect(typeof written).toBe('string');
      }),
      { numRuns: 700 },
    );
    expect(failures).toBeGreaterThan(100);
  });

  it.each<[DataType, ParameterValue, string]>([
    [types.int4, text('x'), '22P02'],
    [types.int2, text('40000'), '22003'],
    [{ kind: 'varchar', length: 2 }, text('abc'), '22001'],
    [{ kind: 'numeric', precision: 3, scale: 1 }, text('100'), '22003'],
    [types.int4, binary(0, 1), '22P03'],
    [types.text, { kind: 'bytes', bytes: Uint8Array.of(0xff), format: 0 }, '22021'],
  ])('%o refuses bad input', async (type, parameter, sqlstate) => {
    expect(await outcome(direct([type], [[parameterCell(1)]]), [parameter])).toBe(sqlstate);
    expect(await outcome(general([type], [[parameterCell(1)]]), [parameter])).toBe(sqlstate);
  });

  it('reports the first bad parameter by index, before what is wrong with a row', async () => {
    const plan = direct(
      [{ kind: 'varchar', length: 1 }, types.int4, types.int4],
      [[parameterCell(3), parameterCell(2), parameterCell(1)]],
    );
    const run1 = (parameters: ParameterValue[]): Promise<unknown> => run(plan, { parameters });
    await expect(run1([text('x'), text('99999999999'), text('long')])).rejects.toMatchObject({ sqlstate: '22P02' });
    await expect(run1([text('1'), text('99999999999'), text('long')])).rejects.toMatchObject({ sqlstate: '22003' });
    await expect(run1([text('1'), text('2'), text('long')])).rejects.toMatchObject({ sqlstate: '22001' });
  });

  it('does not count what the funnel refused, and releases its memory', async () => {
    const h = harness({ parameters: [text('1')] });
    const task = {
      ...h.task,
      write(): never {
        throw new Error('refused');
      },
    };
    const plan = direct([types.int4], [[parameterCell(1)]]);
    await expect(run(plan, { harness: { ...h, task } })).rejects.toThrow('refused');
    expect(h.metrics.read().get('insert_fast_path')).toBeUndefined();
    const values: Value[] = h.written.flatMap((write) => write.rows.flat());
    expect(values).toEqual([]);
  });
});
