import { castValue } from '../cast/cast-value.ts';
import { failure } from '../errors/table.ts';
import { type DataType, types } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';
import { valuesEqual } from '../vector/compare.ts';
import { checkArraySize } from './array-size.ts';
import {
  type CallTypes,
  defineScalarFunction,
  type FunctionDefinition,
  type ScalarFunctionOptions,
} from './definition.ts';
import { safe, simple } from './shorthand.ts';
import type { ArgumentType, ReturnType } from './signature.ts';

const { int4, bool, text } = types;
type Items = readonly Value[];

function itemType(call: CallTypes, k = 0): DataType {
  const type = call.args[k]!;
  return type.kind === 'array' ? type.item : type;
}

/** Equality of array functions: NULLs are alike. */
function sameItem(type: DataType, a: Value, b: Value): boolean {
  return a === null || b === null ? a === b : valuesEqual(type, a, b);
}

/** Equality of `@>`, `<@` and `&&`: NULL is like nothing. */
function overlaps(type: DataType, item: Value, items: Items): boolean {
  return item !== null && items.some((other) => other !== null && valuesEqual(type, item, other));
}

function withItemType(
  name: string,
  args: readonly ArgumentType[],
  returns: ReturnType,
  kernel: (type: DataType, values: Items) => Value,
  options: Partial<ScalarFunctionOptions> = {},
): FunctionDefinition {
  const itemAt = args.indexOf('anyarray');
  return defineScalarFunction({
    name,
    args,
    returns,
    mayFail: false,
    ...options,
    row: (values, _context, call) => kernel(itemType(call, itemAt), values),
  });
}

/** Slots of an array by SQL's 1-based bounds, null = open. */
function slice(items: Items, low: number | null, high: number | null): Items {
  return items.slice(Math.max(0, (low ?? 1) - 1), Math.max(0, high ?? items.length));
}

const dimension = (items: Items, number: number, value: number): number | null =>
  number === 1 && items.length > 0 ? value : null;

const concatenate = ([a, b]: Items): Value => {
  if (a === null || a === undefined) return b ?? null;
  return b === null || b === undefined ? a : [...(a as Items), ...(b as Items)];
};
const append = ([items, item]: Items): Value => [...((items ?? []) as Items), item ?? null];
const prepend = ([item, items]: Items): Value => [item ?? null, ...((items ?? []) as Items)];
const lenient = { strict: false };

function positions(type: DataType, items: Items, item: Value): number[] {
  const found: number[] = [];
  items.forEach((other, i) => {
    if (sameItem(type, item, other)) found.push(i + 1);
  });
  return found;
}

function position(type: DataType, [items, item, start]: Items): Value {
  if (items === null) return null;
  if (start === null) throw failure('nullNotAllowed', { message: 'initial position must not be null' });
  const from = start === undefined ? 1 : (start as number);
  return positions(type, items as Items, item!).find((at) => at >= from) ?? null;
}

function trimmed(items: Items, count: number): Items {
  if (count < 0 || count > items.length) {
    throw failure('arraySubscript', { message: `number of elements to trim must be between 0 and ${items.length}` });
  }
  return items.slice(0, items.length - count);
}

function fill(item: Value, lengths: Items | null): Value {
  if (lengths === null) {
    throw failure('nullNotAllowed', { message: 'dimension array or low bound array cannot be null' });
  }
  if (lengths.length > 1) throw failure('notSupported', { feature: 'an array of several dimensions' });
  const length = (lengths[0] ?? 0) as number;
  checkArraySize(length);
  return new Array<Value>(Math.max(0, length)).fill(item);
}

const toText = ['array_to_string'].flatMap((name) =>
  [['anyarray', 'text'] as const, ['anyarray', 'text', 'text'] as const].map((args) =>
    defineScalarFunction({
      name,
      args,
      returns: text,
      volatility: 'stable',
      strict: false,
      row: ([items, delimiter, nullText], context, call) => {
        if (items === null || delimiter === null) return null;
        const parts: string[] = [];
        for (const item of items as Items) {
          if (item !== null) parts.push(printItem(item, itemType(call), context));
          else if (nullText !== null && nullText !== undefined) parts.push(nullText as string);
        }
        return parts.join(delimiter as string);
      },
    }),
  ),
);

function printItem(item: Value, type: DataType, context: Parameters<typeof castValue>[4]): string {
  if (type.kind === 'bool') return item === true ? 't' : 'f';
  return castValue(item, type, text, 'explicit', context) as string;
}

/** Subscripts and slices: `array_subscript(a, i)` is `a[i]`, `array_slice(a, low, high)` is `a[low:high]` (NULL bound = open). */
const subscripts: readonly FunctionDefinition[] = [
  safe<[Items, number]>(
    'array_subscript',
    ['anyarray', 'int4'],
    'anyelement',
    (items, index) => items[index - 1] ?? null,
  ),
  safe<[Items | null, number | null, number | null]>(
    'array_slice',
    ['anyarray', 'int4', 'int4'],
    'anyarray',
    (items, low, high) => (items === null ? null : slice(items, low, high)),
    lenient,
  ),
];

/** Array operators and functions (PostgreSQL manual 9.19); arrays have one dimension that starts at 1. */
export const arrayFunctions: readonly FunctionDefinition[] = [
  ...subscripts,
  ...toText,
  safe<[Items, number]>('array_length', ['anyarray', 'int4'], int4, (items, n) => dimension(items, n, items.length)),
  safe<[Items, number]>('array_upper', ['anyarray', 'int4'], int4, (items, n) => dimension(items, n, items.length)),
  safe<[Items, number]>('array_lower', ['anyarray', 'int4'], int4, (items, n) => dimension(items, n, 1)),
  safe<[Items]>('array_ndims', ['anyarray'], int4, (items) => (items.length === 0 ? null : 1)),
  safe<[Items]>('array_dims', ['anyarray'], text, (items) => (items.length === 0 ? null : `[1:${items.length}]`)),
  safe<[Items]>('cardinality', ['anyarray'], int4, (items) => items.length),
  withItemType('||', ['anyarray', 'anyarray'], 'anyarray', (_, values) => concatenate(values), lenient),
  withItemType('||', ['anyarray', 'anyelement'], 'anyarray', (_, values) => append(values), lenient),
  withItemType('||', ['anyelement', 'anyarray'], 'anyarray', (_, values) => prepend(values), lenient),
  withItemType('array_cat', ['anyarray', 'anyarray'], 'anyarray', (_, values) => concatenate(values), lenient),
  withItemType('array_append', ['anyarray', 'anyelement'], 'anyarray', (_, values) => append(values), lenient),
  withItemType('array_prepend', ['anyelement', 'anyarray'], 'anyarray', (_, values) => prepend(values), lenient),
  withItemType('@>', ['anyarray', 'anyarray'], bool, (type, [a, b]) =>
    (b as Items).every((item) => overlaps(type, item, a as Items)),
  ),
  withItemType('<@', ['anyarray', 'anyarray'], bool, (type, [a, b]) =>
    (a as Items).every((item) => overlaps(type, item, b as Items)),
  ),
  withItemType('&&', ['anyarray', 'anyarray'], bool, (type, [a, b]) =>
    (a as Items).some((item) => overlaps(type, item, b as Items)),
  ),
  withItemType('array_position', ['anyarray', 'anyelement'], int4, position, lenient),
  withItemType('array_position', ['anyarray', 'anyelement', 'int4'], int4, position, { strict: false, mayFail: true }),
  withItemType(
    'array_positions',
    ['anyarray', 'anyelement'],
    { kind: 'array', item: int4 },
    (type, [items, item]) => (items === null ? null : positions(type, items as Items, item!)),
    lenient,
  ),
  withItemType(
    'array_remove',
    ['anyarray', 'anyelement'],
    'anyarray',
    (type, [items, item]) =>
      items === null ? null : (items as Items).filter((other) => !sameItem(type, item!, other)),
    lenient,
  ),
  withItemType(
    'array_replace',
    ['anyarray', 'anyelement', 'anyelement'],
    'anyarray',
    (type, [items, from, to]) =>
      items === null ? null : (items as Items).map((other) => (sameItem(type, from!, other) ? to! : other)),
    lenient,
  ),
  simple<[Items, number]>('trim_array', ['anyarray', 'int4'], 'anyarray', trimmed),
  simple<[Value, Items | null]>(
    'array_fill',
    ['anyelement', { array: 'int4' }],
    (args) => ({ kind: 'array', item: args[0]! }),
    fill,
    lenient,
  ),
];
