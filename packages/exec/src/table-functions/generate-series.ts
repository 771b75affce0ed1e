import {
  addNumeric,
  addToTimestamp,
  compareNumeric,
  failure,
  formatNumeric,
  type Interval,
  intervalLength,
  makeNumeric,
  parseNumeric,
  type RecordBatch,
  type Value,
} from '@millrace/core';
import { rowFunction } from '../aggregates/row-function.ts';
import type { TableFunctionCall } from './definition.ts';
import { batchesOfRows } from './value-batches.ts';

const INT4_MAX = 2_147_483_647;
const INT8_MAX = 2n ** 63n - 1n;

/** generate_series(start, stop [, step]): both ends included; a step of zero is 22023; ends quietly at the type's limits. */
export function generateSeries(call: TableFunctionCall): Iterable<RecordBatch> {
  switch (call.argTypes[0]?.kind) {
    case 'int4':
      return int4Batches(call);
    case 'int8':
      return batchesOfRows(call, int8Rows(call.args));
    case 'numeric':
      return batchesOfRows(call, numericRows(call.args));
    default:
      return batchesOfRows(call, timestampRows(call));
  }
}

function zeroStep(): Error {
  return failure('invalidParameterValue', { message: 'step size cannot equal zero' });
}

function* int4Batches(call: TableFunctionCall): Generator<RecordBatch, void, void> {
  const [start, stop, step = 1] = call.args as number[];
  if (start === undefined || stop === undefined) return;
  if (step === 0) throw zeroStep();
  const type = { kind: 'int4' } as const;
  const last = step > 0 ? Math.min(stop, INT4_MAX) : Math.max(stop, -INT4_MAX - 1);
  const total = Math.floor((last - start) / step) + 1;
  for (let from = 0; from < total; from += call.batchRows) {
    const length = Math.min(call.batchRows, total - from);
    const values = new Int32Array(length);
    for (let i = 0; i < length; i++) values[i] = start + (from + i) * step;
    yield { rowCount: length, vectors: [{ kind: 'fixed', type, length, validity: null, values }] };
  }
}

function* int8Rows(args: readonly Value[]): Generator<readonly Value[], void, void> {
  const [start, stop, step = 1n] = args as bigint[];
  if (start === undefined || stop === undefined) return;
  if (step === 0n) throw zeroStep();
  for (let value = start; step > 0n ? value <= stop : value >= stop; value += step) {
    yield [value];
    if (value + step > INT8_MAX || value + step < -INT8_MAX - 1n) return;
  }
}

function* numericRows(args: readonly Value[]): Generator<readonly Value[], void, void> {
  const [start, stop, step = makeNumeric(1n, 0)] = (args as string[]).map(parseNumeric);
  if (start === undefined || stop === undefined) return;
  for (const [name, value] of [
    ['start', start],
    ['stop', stop],
    ['step', step],
  ] as const) {
    if (value.special === null) continue;
    const what = value.special === 'NaN' ? 'NaN' : 'infinity';
    throw failure('invalidParameterValue', {
      message: `${name} ${name === 'step' ? 'size' : 'value'} cannot be ${what}`,
    });
  }
  if (step.coefficient === 0n) throw zeroStep();
  const isUp = step.coefficient > 0n;
  let value = start;
  while (isUp ? compareNumeric(value, stop) <= 0 : compareNumeric(value, stop) >= 0) {
    yield [formatNumeric(value)];
    value = addNumeric(value, step);
  }
}

function* timestampRows(call: TableFunctionCall): Generator<readonly Value[], void, void> {
  const [start, stop, step] = call.args as [bigint, bigint, Interval];
  const type = call.columns[0]?.type ?? { kind: 'timestamp' as const };
  const sign = intervalLength(step);
  if (sign === 0n) throw zeroStep();
  const add =
    type.kind === 'timestamptz'
      ? rowFunction(call.evaluation, '+(timestamptz,interval)', {
          args: [type, { kind: 'interval' }],
          returns: type,
        })
      : (args: readonly Value[]): Value => addToTimestamp(args[0] as bigint, args[1] as Interval);
  let value = start;
  while (sign > 0n ? value <= stop : value >= stop) {
    yield [value];
    const next = add([value, step]) as bigint;
    if (next === value) return;
    value = next;
  }
}
