import { assert, type DataType, type Interval, type Value } from '@millrace/core';
import { textFromDate } from './dates.ts';
import { textFromInterval } from './intervals.ts';
import { textFromMoment } from './moments.ts';

/** Whether a type's values are text as they are. */
export function isText(type: DataType): boolean {
  return ['text', 'varchar', 'bpchar', 'name', 'unknown'].includes(type.kind);
}

/** What a value is cast to as text. char(n) loses the spaces behind it. */
export function textOfValue(value: Value, from: DataType): string {
  switch (from.kind) {
    case 'bpchar':
      return String(value).replace(/ +$/, '');
    case 'text':
    case 'varchar':
    case 'name':
    case 'unknown':
    case 'int2':
    case 'int4':
    case 'int8':
    case 'numeric':
    case 'bool':
    case 'jsonb':
    case 'uuid':
      return String(value);
    case 'date':
      return textFromDate(Number(value));
    case 'timestamp':
    case 'timestamptz':
      return textFromMoment(value as bigint, from.kind === 'timestamptz');
    case 'interval':
      return textFromInterval(value as Interval);
    case 'array':
      return `{${(value as readonly Value[]).map((item) => itemText(item, from.item)).join(',')}}`;
    default:
      assert(false, `the reference interpreter prints no ${from.kind}`);
  }
}

/** An element of an array's text, in quotes where it could be mistaken. */
function itemText(item: Value, type: DataType): string {
  if (item === null) return 'NULL';
  const text = textOfValue(item, type);
  const isPlain = text !== '' && text.toLowerCase() !== 'null' && !/[\s{},"\\]/.test(text);
  return isPlain ? text : `"${text.replace(/["\\]/g, '\\$&')}"`;
}
