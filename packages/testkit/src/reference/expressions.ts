import {
  assert,
  type CompareOp,
  type DataType,
  type Expr,
  failure,
  MillraceError,
  typeOf,
  type Value,
} from '@millrace/core';
import { castReference } from './casts.ts';
import { REFERENCE_FUNCTIONS } from './functions.ts';
import { compareReference } from './order.ts';
import { lookup, type Row } from './row.ts';

/** What an evaluation reads besides the row. */
export interface ReferenceEnvironment {
  /** $1 is parameters[0]. */
  readonly parameters: readonly Value[];
  random(): number;
  /** The start of the transaction in microseconds since 1970: what now() answers. Default: 0. */
  readonly nowMicros?: bigint;
  /** Goes on behind errors, to see which others there are. Default: the first one ends the run. */
  readonly tolerance?: Tolerance;
}

/** What a run does that goes on behind errors: what fails is NULL (or nothing), and is noted. */
export interface Tolerance {
  note(error: MillraceError): void;
  /** Whether a predicate that is NULL keeps its row; it may be one that failed. */
  readonly keepsUnknown: boolean;
}

/** The result; where errors are tolerated, `instead` for what fails. */
export function tolerated<T>({ tolerance }: ReferenceEnvironment, compute: () => T, instead: T): T {
  if (tolerance === undefined) return compute();
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    tolerance.note(error);
    return instead;
  }
}

/**
 * The value of an expression for one row, in the most literal reading of SQL: operands left to right, AND/OR/CASE/COALESCE lazily.
 */
export function evaluateReference(expr: Expr, row: Row, environment: ReferenceEnvironment): Value {
  if (environment.tolerance === undefined) return evaluateStrictly(expr, row, environment);
  return tolerated(environment, () => evaluateStrictly(expr, row, environment), null);
}

function evaluateStrictly(expr: Expr, row: Row, environment: ReferenceEnvironment): Value {
  const value = (inner: Expr): Value => evaluateReference(inner, row, environment);
  switch (expr.kind) {
    case 'column':
      return lookup(row, expr.id);
    case 'literal':
      return expr.value;
    case 'parameter': {
      const parameter = environment.parameters[expr.index - 1];
      assert(parameter !== undefined, `no value for parameter $${expr.index}`);
      return parameter;
    }
    case 'call':
      return call(expr, value, environment);
    case 'compare':
      return compareValues(expr.op, typeOf(expr.left), value(expr.left), value(expr.right));
    case 'and':
    case 'or':
      return connect(expr.kind === 'and', expr.operands, value);
    case 'not': {
      const operand = value(expr.operand);
      return operand === null ? null : !operand;
    }
    case 'is-null':
      return (value(expr.operand) === null) !== expr.negated;
    case 'is-bool':
      return (value(expr.operand) === expr.value) !== expr.negated;
    case 'cast':
      return castReference(value(expr.operand), typeOf(expr.operand), expr.type, expr.context);
    case 'case': {
      for (const branch of expr.branches) if (value(branch.when) === true) return value(branch.then);
      return value(expr.otherwise);
    }
    case 'coalesce': {
      for (const arg of expr.args) {
        const result = value(arg);
        if (result !== null) return result;
      }
      return null;
    }
    case 'in-list': {
      const found = anyEqual(value(expr.operand), typeOf(expr.operand), expr.items.map(value));
      return found === null ? null : found !== expr.negated;
    }
    case 'quantified':
      return quantify(expr, value(expr.left), value(expr.right));
    case 'array':
      return expr.items.map(value);
    default:
      return expr satisfies never;
  }
}

function call(
  expr: Extract<Expr, { kind: 'call' }>,
  value: (inner: Expr) => Value,
  environment: ReferenceEnvironment,
): Value {
  const args = expr.args.map(value);
  if (expr.fn.strict && args.includes(null)) return null;
  const name = expr.fn.id.slice(0, expr.fn.id.indexOf('('));
  const definition = REFERENCE_FUNCTIONS.get(name);
  assert(definition !== undefined, `the reference interpreter has no function ${expr.fn.id}`);
  return definition({
    args,
    types: expr.args.map(typeOf),
    returns: expr.type,
    random: environment.random,
    now: environment.nowMicros ?? 0n,
  });
}

/** Three-valued AND/OR; the first FALSE (TRUE) decides and what follows is not evaluated. */
function connect(isAnd: boolean, operands: readonly Expr[], value: (inner: Expr) => Value): Value {
  let sawNull = false;
  for (const operand of operands) {
    const result = value(operand);
    if (result === null) sawNull = true;
    else if (result !== isAnd) return !isAnd;
  }
  return sawNull ? null : isAnd;
}

/** A comparison; NULL unless the operator is (is-)distinct. */
export function compareValues(op: CompareOp, type: DataType, a: Value, b: Value): Value {
  if (op === 'is-distinct' || op === 'is-not-distinct') {
    const same = a === null || b === null ? a === b : compareReference(type, a, b) === 0;
    return same === (op === 'is-not-distinct');
  }
  if (a === null || b === null) return null;
  const order = compareReference(type, a, b);
  switch (op) {
    case '=':
      return order === 0;
    case '<>':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    default:
      return op satisfies never;
  }
}

function anyEqual(operand: Value, type: DataType, items: readonly Value[]): Value {
  let sawNull = false;
  for (const item of items) {
    const equal = compareValues('=', type, operand, item);
    if (equal === true) return true;
    if (equal === null) sawNull = true;
  }
  return sawNull ? null : false;
}

function quantify(expr: Extract<Expr, { kind: 'quantified' }>, left: Value, right: Value): Value {
  if (right === null) return null;
  if (!Array.isArray(right))
    throw failure('typeMismatch', { message: 'op ANY/ALL (array) requires array on right side' });
  const results = right.map((item: Value) => compareValues(expr.op, typeOf(expr.left), left, item));
  return quantified(expr.quantifier, results);
}

/** ANY is OR, ALL is AND over the results; of nothing FALSE and TRUE. */
export function quantified(quantifier: 'any' | 'all', results: readonly Value[]): Value {
  const decisive = quantifier === 'any';
  if (results.includes(decisive)) return decisive;
  return results.includes(null) ? null : !decisive;
}

/** Whether a row passes a Filter's list: it stops at the first predicate that is not TRUE. */
export function passes(predicates: readonly Expr[], row: Row, environment: ReferenceEnvironment): boolean {
  const keepsUnknown = environment.tolerance?.keepsUnknown ?? false;
  return predicates.every((predicate) => {
    const result = evaluateReference(predicate, row, environment);
    return result === true || (keepsUnknown && result === null);
  });
}
