import { valueToText } from '../codec/value-to-text.ts';
import { failure } from '../errors/table.ts';
import type { FormatSettings } from '../ports/query-handler.ts';
import { type DataType, types } from '../types/data-type.ts';
import { canonicalJsonb, quoteJson } from '../types/json.ts';
import type { Value } from '../types/value.ts';
import { defineScalarFunction, type FunctionDefinition, type RowKernel } from './definition.ts';

/**
 * Any value as JSON text, as to_json does: numbers and booleans bare (NaN and infinities quoted), json as it is, arrays as arrays, timestamps in
 * ISO 8601, everything else as its text in quotes.
 */
export function valueToJson(type: DataType, value: Value, format: FormatSettings): string {
  if (value === null) return 'null';
  switch (type.kind) {
    case 'bool':
      return value === true ? 'true' : 'false';
    case 'int2':
    case 'int4':
    case 'int8':
      return String(value);
    case 'float4':
    case 'float8':
    case 'numeric': {
      const text = valueToText(type, value, format);
      return /^-?\d/.test(text) ? text : quoteJson(text);
    }
    case 'json':
    case 'jsonb':
      return value as string;
    case 'array':
      return `[${(value as readonly Value[]).map((item) => valueToJson(type.item, item, format)).join(',')}]`;
    case 'timestamp':
    case 'timestamptz':
      return quoteJson(isoTimestamp(valueToText(type, value, format)));
    default:
      return quoteJson(valueToText(type, value, format));
  }
}

/** `2024-01-01 12:00:00+00` as `2024-01-01T12:00:00+00:00`. */
function isoTimestamp(text: string): string {
  return text
    .replace(' ', 'T')
    .replace(/([+-]\d\d)(?=$| BC)/, (offset, _sign, at) => (at > 10 ? `${offset}:00` : offset));
}

/** The text of an object's key; 22023 for NULL and for arrays and json. */
function keyText(type: DataType, value: Value, position: number, format: FormatSettings): string {
  if (value === null) throw failure('invalidParameterValue', { message: `argument ${position}: key must not be null` });
  if (type.kind === 'array' || type.kind === 'json' || type.kind === 'jsonb') {
    throw failure('invalidParameterValue', { message: 'key value must be scalar, not array, composite, or json' });
  }
  const text = valueToJson(type, value, format);
  return text.startsWith('"') ? text : quoteJson(text);
}

const buildArray: RowKernel = (values, context, types) =>
  `[${values.map((value, k) => valueToJson(types.args[k]!, value, context.format)).join(', ')}]`;

function buildObject(name: string): RowKernel {
  return (values, context, types) => {
    if (values.length % 2 === 1) {
      throw failure(
        'invalidParameterValue',
        { message: 'argument list must have even number of elements' },
        { hint: `The arguments of ${name}() must consist of alternating keys and values.` },
      );
    }
    const members: string[] = [];
    for (let k = 0; k < values.length; k += 2) {
      const key = keyText(types.args[k]!, values[k]!, k + 1, context.format);
      members.push(`${key} : ${valueToJson(types.args[k + 1]!, values[k + 1]!, context.format)}`);
    }
    return `{${members.join(', ')}}`;
  };
}

const canonical =
  (kernel: RowKernel): RowKernel =>
  (values, context, types) =>
    canonicalJsonb(kernel(values, context, types) as string);

const toJson: RowKernel = ([value], context, types) => valueToJson(types.args[0]!, value!, context.format);

/** array_to_json, to_json, json_build_object, json_build_array and the jsonb twins of these three. */
export const jsonMakers: readonly FunctionDefinition[] = [
  defineScalarFunction({
    name: 'array_to_json',
    args: ['anyarray'],
    returns: types.json,
    volatility: 'stable',
    row: toJson,
  }),
  ...makersOf('json'),
  ...makersOf('jsonb'),
];

function makersOf(kind: 'json' | 'jsonb'): readonly FunctionDefinition[] {
  const finish = kind === 'json' ? (kernel: RowKernel): RowKernel => kernel : canonical;
  const build = { returns: types[kind], volatility: 'stable', strict: false } as const;
  const objectName = `${kind}_build_object`;
  return [
    defineScalarFunction({
      name: `to_${kind}`,
      args: ['anyelement'],
      returns: types[kind],
      volatility: 'stable',
      row: finish(toJson),
    }),
    defineScalarFunction({
      name: `${kind}_build_array`,
      args: ['any'],
      variadic: true,
      ...build,
      row: finish(buildArray),
    }),
    defineScalarFunction({
      name: objectName,
      args: ['any'],
      variadic: true,
      ...build,
      row: finish(buildObject(objectName)),
    }),
  ];
}
