import type { Column, DataType, Interval, Value } from '@millrace/core';
import { inputsOf, type LogicalPlan } from '@millrace/planner';
import { spanOf } from '../reference/intervals.ts';
import { type Json, parseJson, printJson } from '../reference/json.ts';

type Rows = readonly (readonly Value[])[];

/**
 * Whether which of several equal rows comes first can show in a plan's answer. -0 equals 0, 1.0 equals 1, 30 days are a month: a group, a limit or a
 * window keeps or numbers one of them, and SQL does not say which. Everywhere else every value comes out as it went in.
 */
export function choosesAmongEquals(plan: LogicalPlan): boolean {
  switch (plan.kind) {
    case 'aggregate':
    case 'distinct':
    case 'limit':
    case 'window':
      return true;
    case 'scan':
    case 'sort':
      if (plan.range !== null) return true;
      break;
    default:
  }
  return inputsOf(plan).some(choosesAmongEquals);
}

/** The rows with one spelling for equal values. */
export function withoutSpelling(columns: readonly Column[], rows: Rows): Rows {
  return rows.map((row) => row.map((value, i) => spelled(value, columns[i]?.type ?? { kind: 'text' })));
}

function spelled(value: Value, type: DataType): Value {
  if (value === null) return null;
  switch (type.kind) {
    case 'float4':
    case 'float8':
      return Object.is(value, -0) ? 0 : value;
    case 'numeric':
      return shortest(String(value));
    case 'interval':
      return spanOf(value as Interval);
    case 'jsonb':
      return printJson(spelledJson(parseJson(String(value))));
    case 'array':
      return (value as readonly Value[]).map((item) => spelled(item, type.item));
    default:
      return value;
  }
}

function shortest(numeric: string): string {
  return numeric.includes('.') ? numeric.replace(/\.?0+$/, '') : numeric;
}

function spelledJson(json: Json): Json {
  if (typeof json !== 'object' || json === null) return json;
  if ('number' in json) return { number: shortest(json.number) };
  if ('pairs' in json) return { pairs: json.pairs.map(([name, item]) => [name, spelledJson(item)] as const) };
  return json.map(spelledJson);
}
