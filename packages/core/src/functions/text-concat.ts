import { castValue } from '../cast/cast-value.ts';
import { valueToText } from '../codec/value-to-text.ts';
import { failure } from '../errors/table.ts';
import type { EvaluationContext } from '../ports/evaluation-context.ts';
import { types } from '../types/data-type.ts';
import { characterCount } from '../types/text-length.ts';
import type { Value } from '../types/value.ts';
import { type CallTypes, defineScalarFunction, type FunctionDefinition } from './definition.ts';
import { safe } from './shorthand.ts';
import { quoteIdentifier, quoteLiteral } from './text-quote.ts';

const { text } = types;

/** Argument `k` as its type's output function prints it. */
function printed(values: readonly Value[], k: number, context: EvaluationContext, call: CallTypes): string {
  return valueToText(call.args[k]!, values[k]!, context.format);
}

/** The non-null arguments from `start` on, printed. */
function printedAll(values: readonly Value[], start: number, context: EvaluationContext, call: CallTypes): string[] {
  const parts: string[] = [];
  for (let k = start; k < values.length; k++) if (values[k] !== null) parts.push(printed(values, k, context, call));
  return parts;
}

const DIRECTIVE = /%(?:(\d+)\$)?(-?)(?:(\d+)|\*(?:(\d+)\$)?)?(.?)/gsu;

interface FormatArguments {
  readonly values: readonly Value[];
  readonly context: EvaluationContext;
  readonly call: CallTypes;
}

/** `format(pattern, ...)`: %s, %I, %L and %%, with position (`%2$s`), `-` and width (digits, `*` or `*n$`). */
function format(args: FormatArguments): string {
  const { values, context, call } = args;
  let next = 1;
  const take = (position: string | undefined): number => {
    const at = position === undefined ? next : Number(position);
    if (at === 0) {
      throw invalid('format specifies argument 0, but arguments are numbered from 1');
    }
    if (at >= values.length) throw invalid('too few arguments for format()');
    next = at + 1;
    return at;
  };
  return (values[0] as string).replace(DIRECTIVE, (all, position, minus, width, starPosition, specifier) => {
    if (specifier === '%' && all === '%%') return '%';
    if (specifier === '')
      throw failure('invalidParameterValue', { message: 'unterminated format() type specifier' }, HINT);
    if (!/[sIL]/.test(specifier)) {
      throw failure('invalidParameterValue', { message: `unrecognized format() type specifier "${specifier}"` }, HINT);
    }
    const hasStar = all.includes('*');
    const size = hasStar ? Number(values[take(starPosition)] ?? 0) : Number(width ?? 0);
    const at = take(position);
    const value = values[at] === null ? null : printed(values, at, context, call);
    return padTo(converted(value, specifier), size, minus === '-' || size < 0);
  });
}

const HINT = { hint: 'For a single "%" use "%%".' };

function invalid(message: string): Error {
  return failure('invalidParameterValue', { message });
}

function converted(value: string | null, specifier: string): string {
  if (specifier === 's') return value ?? '';
  if (specifier === 'L') return value === null ? 'NULL' : quoteLiteral(value);
  if (value === null)
    throw failure('nullNotAllowed', { message: 'null values cannot be formatted as an SQL identifier' });
  return quoteIdentifier(value);
}

function padTo(value: string, size: number, isLeft: boolean): string {
  const spaces = ' '.repeat(Math.max(0, Math.abs(size) - characterCount(value)));
  return isLeft ? value + spaces : spaces + value;
}

const toText = (value: Value, k: number, context: EvaluationContext, call: CallTypes): string =>
  castValue(value, call.args[k]!, text, 'explicit', context) as string;

/** `||` of text, concat, concat_ws and format. */
export const concatFunctions: readonly FunctionDefinition[] = [
  safe<[string, string]>('||', ['text', 'text'], text, (a, b) => a + b),
  defineScalarFunction({
    name: '||',
    args: ['text', 'anynonarray'],
    returns: text,
    volatility: 'stable',
    row: ([a, b], context, call) => (a as string) + toText(b!, 1, context, call),
  }),
  defineScalarFunction({
    name: '||',
    args: ['anynonarray', 'text'],
    returns: text,
    volatility: 'stable',
    row: ([a, b], context, call) => toText(a!, 0, context, call) + (b as string),
  }),
  defineScalarFunction({
    name: 'concat',
    args: ['any', 'any'],
    variadic: true,
    returns: text,
    volatility: 'stable',
    strict: false,
    mayFail: false,
    row: (values, context, call) => printedAll(values, 0, context, call).join(''),
  }),
  defineScalarFunction({
    name: 'concat_ws',
    args: ['text', 'any', 'any'],
    variadic: true,
    returns: text,
    volatility: 'stable',
    strict: false,
    mayFail: false,
    row: (values, context, call) =>
      values[0] === null ? null : printedAll(values, 1, context, call).join(values[0] as string),
  }),
  defineScalarFunction({
    name: 'format',
    args: ['text', 'any'],
    variadic: true,
    returns: text,
    volatility: 'stable',
    strict: false,
    row: (values, context, call) => (values[0] === null ? null : format({ values, context, call })),
  }),
];
