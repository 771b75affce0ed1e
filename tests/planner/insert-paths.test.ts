import {
  arrayOf,
  type CatalogTable,
  type DataType,
  DEFAULT_FORMAT,
  MillraceError,
  type ParameterValue,
  parameterValue,
  standardFunctions,
  types,
} from '@millrace/core';
import { bindStatement, createOptimizer, libpgFrontend } from '@millrace/planner';
import { standardRules } from '@millrace/rules';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { evaluationContext, runOnEngine } from '../support/run-plan.ts';

// An INSERT stores the same rows, or fails with the same SQLSTATE and message, on the fast path, on the general plan, and without any rule.

/** Texts of each type: right ones, ones that need a check of length or scale, wrong ones. */
const FIELDS: readonly (readonly [name: string, type: DataType, texts: readonly string[]])[] = [
  ['i', types.int4, ['1', ' -7 ', '2147483648', 'x', '']],
  ['s', types.int2, ['32767', '32768', '1.5']],
  ['v', { kind: 'varchar', length: 3 }, ['abc', 'äöü', 'abc  ', 'abcd', '']],
  ['n', { kind: 'numeric', precision: 5, scale: 2 }, ['1.005', '999.99', '999.995', '1e2', 'NaN', '-']],
  ['d', types.date, ['2024-02-29', '2023-02-29', 'infinity', 'soon']],
  ['ts', types.timestamptz, ['2024-01-01 00:00:00+02', 'now', '2024-13-01']],
  ['a', arrayOf(types.int4), ['{1,NULL,3}', '{}', '{1,x}', '{']],
  ['j', types.jsonb, ['{"b": 1, "a": [2.50]}', 'null', '{']],
  ['b', types.bool, ['t', 'off', 'maybe']],
  ['u', types.uuid, ['00000000-0000-4000-8000-00000000ABCD', 'nope']],
  ['f', types.float8, ['1e3', 'NaN', '-0', '1e999', '']],
  ['y', types.bytea, ['\\x00ff', 'a\\000b', '\\xf']],
];
const table: CatalogTable = {
  oid: 1,
  tableId: 't',
  schemaId: 1,
  schemaName: 'public',
  name: 't',
  columns: FIELDS.map(([name, type]) => ({ name, type, nullable: true, defaultSql: null, defaultExpr: null })),
  partitionColumns: [],
  options: {},
  location: null,
  isSystem: false,
};
const frontend = libpgFrontend();
beforeAll(() => frontend.load());
const optimizer = createOptimizer({
  rules: standardRules(),
  functions: standardFunctions,
  verify: 'full',
  clock: { monotonicMs: () => 0 },
});

const encoder = new TextEncoder();
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** One row: per field NULL, a parameter or a literal. */
const cell = fc.tuple(fc.constantFrom('null', 'parameter', 'parameter', 'literal'), fc.nat(5));
const row = fc.tuple(...FIELDS.map(() => cell));
/** Mostly none: a field whose number is 0 takes any of its texts, others the first, right one. */
const anyText = fc.array(fc.nat(30), { minLength: FIELDS.length, maxLength: FIELDS.length });

it('stores the same rows or fails the same way on every path', async () => {
  const all = optimizer.rules.map((rule) => rule.name);
  let stored = 0;
  let failed = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 2 }), anyText, async (rows, wrong) => {
      const parameters: ParameterValue[] = [];
      const cellText = (kind: string, text: string): string => {
        if (kind !== 'parameter') return kind === 'null' ? 'NULL' : quoted(text);
        parameters.push({ kind: 'bytes', bytes: encoder.encode(text), format: 0 });
        return `$${parameters.length}`;
      };
      const lists = rows.map((cells) =>
        cells.map(([kind, pick], i) => {
          const texts = FIELDS[i]?.[2] ?? [];
          return cellText(kind, texts[wrong[i] === 0 ? pick % texts.length : 0] ?? '');
        }),
      );
      const statement = `INSERT INTO t VALUES ${lists.map((list) => `(${list.join(', ')})`).join(', ')}`;
      const fast = await run(statement, parameters, []);
      const general = await run(statement, parameters, ['insert-fast-path']);
      const plain = await run(statement, parameters, all);
      expect([general.rows, general.error], statement).toEqual([fast.rows, fast.error]);
      expect([plain.rows, plain.error], statement).toEqual([fast.rows, fast.error]);
      expect([fast.op, general.op, plain.op]).toEqual(
        fast.op === null ? [null, null, null] : ['direct-insert', 'insert', 'insert'],
      );
      if (fast.error === null) stored++;
      else failed++;
    }),
    { numRuns: 150 },
  );
  expect(stored).toBeGreaterThan(20);
  expect(failed).toBeGreaterThan(20);
}, 60_000);

interface Outcome {
  /** The root of the plan; null if there is none, because binding failed. */
  readonly op: string | null;
  readonly rows: readonly (readonly unknown[])[];
  readonly error: string | null;
}

async function run(sql: string, given: readonly ParameterValue[], disabledNames: readonly string[]): Promise<Outcome> {
  const disabled = new Set(disabledNames);
  let op: string | null = null;
  try {
    const [parsed] = frontend.parse(sql);
    const catalog = { table: () => table, tableById: () => table, hasSchema: () => true, searchPath: ['public'] };
    const bound = bindStatement(parsed?.statement ?? expect.fail(), {
      catalog,
      functions: standardFunctions,
      parameterTypes: [],
    });
    let { plan, nextColumnId } = optimizer.optimize(bound.plan, { disabled, nextColumnId: bound.nextColumnId });
    let physical = optimizer.physical(plan, { disabled, nextColumnId }).plan;
    op = physical.op;
    // As the engine does: the general plan gets values; a bad one fails before anything is evaluated.
    const raw = evaluationContext(given, { nowMicros: NOW });
    const parameters: readonly ParameterValue[] =
      op === 'direct-insert'
        ? given
        : bound.parameterTypes.map((type, i) => {
            const value = parameterValue(i + 1, type, raw);
            return value === null ? null : { kind: 'value', value };
          });
    if (op !== 'direct-insert' && optimizer.needsBinding(plan, disabled)) {
      ({ plan, nextColumnId } = optimizer.bind(plan, {
        disabled,
        nextColumnId,
        parameters,
        format: DEFAULT_FORMAT,
        transactionMicros: NOW,
      }));
      physical = optimizer.physical(plan, { disabled, nextColumnId }).plan;
    }
    const { rows, inserted } = await runOnEngine(physical, {
      batchRows: 1024,
      evaluation: evaluationContext(parameters, { nowMicros: NOW }),
      table: () => expect.fail(),
    });
    expect(rows).toEqual([]);
    return { op, rows: inserted, error: null };
  } catch (error) {
    if (!(error instanceof MillraceError) || error.key === 'internal') throw error;
    return { op, rows: [], error: `${error.sqlstate} ${error.message}` };
  }
}

const NOW = 1_700_000_000_000_000n;
