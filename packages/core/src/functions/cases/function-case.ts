import { valueFromText } from '../../codec/value-from-text.ts';
import { valueToText } from '../../codec/value-to-text.ts';
import { assert } from '../../errors/millrace-error.ts';
import { asMillraceError } from '../../errors/table.ts';
import { evaluate } from '../../evaluate/evaluate.ts';
import type { Expr } from '../../expr/expr.ts';
import type { EvaluationContext } from '../../ports/evaluation-context.ts';
import type { FormatSettings } from '../../ports/query-handler.ts';
import { arrayOf, type DataType, types } from '../../types/data-type.ts';
import { valueAt } from '../../vector/access.ts';
import type { FunctionSignature } from '../signature.ts';
import { standardFunctions } from '../standard.ts';

/**
 * One call of a function by id: arguments as text (`type:text` where the signature leaves the type open, null = NULL), and the result as
 * text, null, or `sqlstate: message`. The session's zone is Europe/Berlin.
 */
export type FunctionCase = readonly [
  id: string,
  args: readonly (string | null)[],
  expected: string | null | { readonly error: string },
];

const FORMAT: FormatSettings = {
  timeZone: 'Europe/Berlin',
  dateStyle: 'ISO',
  intervalStyle: 'postgres',
  byteaOutput: 'hex',
  extraFloatDigits: 1,
};

/** A context with fixed clocks and a session `alice` on `db`. */
export function testContext(overrides: Partial<EvaluationContext> = {}): EvaluationContext {
  const settings: Record<string, string> = { timezone: 'Europe/Berlin' };
  return {
    transactionMicros: 1_700_000_000_123_456n,
    statementMicros: 1_700_000_001_000_000n,
    clockMicros: () => 1_700_000_002_000_000n,
    random: () => 0.25,
    uuid: () => '11111111-2222-4333-8444-555555555555',
    format: FORMAT,
    parameters: [],
    session: {
      user: 'alice',
      database: 'db',
      processId: 42,
      searchPath: ['public'],
      setting: (name) => settings[name],
      setSetting: (name, value) => {
        settings[name] = value;
        return value;
      },
      catalog: () => undefined,
    },
    ...overrides,
  };
}

/** The type that a text like `int4` or `text[]` names. */
export function typeNamed(name: string): DataType {
  if (name.endsWith('[]')) return arrayOf(typeNamed(name.slice(0, -2)));
  if (name === 'bpchar') return { kind: 'bpchar', length: null };
  return types[name as keyof typeof types];
}

function argumentOf(signature: FunctionSignature, k: number, text: string | null): Expr {
  const arg = signature.args[Math.min(k, signature.args.length - 1)]!;
  let typeName = typeof arg === 'string' ? arg : `${arg.array}[]`;
  let value = text;
  if (typeName.startsWith('any') && text !== null) {
    const [name, ...rest] = text.split(':');
    typeName = name as typeof typeName;
    value = rest.join(':') === '\\N' ? null : rest.join(':');
  }
  const type = typeNamed(typeName);
  return { kind: 'literal', type, value: value === null ? null : valueFromText(type, value, FORMAT) };
}

function returnType(signature: FunctionSignature, args: readonly DataType[]): DataType {
  const { returns } = signature;
  if (typeof returns === 'function') return returns(args);
  if (typeof returns !== 'string') return returns;
  const anyArray = args[signature.args.indexOf('anyarray')];
  if (returns === 'anyarray') return anyArray ?? arrayOf(args[0]!);
  return anyArray?.kind === 'array' ? anyArray.item : args[signature.args.indexOf('anyelement')]!;
}

/** The call as an expression. */
export function callOf(id: string, args: readonly (string | null)[]): Expr {
  const signature = standardFunctions.byId(id);
  assert(signature !== undefined, `no function ${id}`);
  const exprs = args.map((arg, k) => argumentOf(signature, k, arg));
  const argTypes = exprs.map((expr) => (expr as Extract<Expr, { kind: 'literal' }>).type);
  return { kind: 'call', fn: signature, args: exprs, type: returnType(signature, argTypes) };
}

/** Runs a case: its result as text, null, or the error. */
export function runCase([id, args]: FunctionCase): FunctionCase[2] {
  try {
    const call = callOf(id, args) as Extract<Expr, { kind: 'call' }>;
    const value = valueAt(evaluate(call, { rowCount: 1, column: () => undefined as never }, testContext()), 0);
    return value === null ? null : valueToText(call.type, value, FORMAT);
  } catch (thrown) {
    const error = asMillraceError(thrown);
    return { error: `${error.sqlstate}: ${error.message}` };
  }
}
