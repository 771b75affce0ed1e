import type { AstExpr } from '../ast.ts';
import { atOf, deeper, type Reading } from './level.ts';
import { negated } from './numbers.ts';
import { type ChainPart, type Infix, LEVEL, type Operand, type Prefix } from './operator-chain.ts';
import { refusal, syntaxError } from './refusal.ts';
import type { Token } from './token.ts';

interface Climb {
  readonly reading: Reading;
  readonly parts: readonly ChainPart[];
  next: number;
}

/**
 * The tree of a chain of operands and operators, grouped with PostgreSQL's precedence and associativity (precedence climbing). `isRestricted` for the
 * places where the grammar allows no logic and no tests (`b_expr`: POSITION, the first bound of BETWEEN, DEFAULT). Refused, because they are what the parser
 * below gets wrong: an operator after IS NULL and its like, and a sign before `->`.
 */
export function climb(reading: Reading, parts: readonly ChainPart[], isRestricted = false): AstExpr {
  if (isRestricted) for (const part of parts) requireRestricted(reading, part);
  const state: Climb = { reading, parts, next: 0 };
  const expr = climbFrom(state, 0);
  const rest = parts[state.next];
  if (rest !== undefined) throw refusal('this combination of operators', tokenOf(rest));
  return expr;
}

function tokenOf(part: ChainPart | undefined): Token | undefined {
  return part === undefined || part.part === 'operand' ? part?.quantified?.token : part.token;
}

function requireRestricted(reading: Reading, part: ChainPart): void {
  const isFree =
    (part.part === 'prefix' && part.op !== 'not') ||
    (part.part === 'infix' && (part.kind === 'symbol' || part.kind === 'distinct')) ||
    (part.part === 'postfix' && !part.isTest && part.level !== LEVEL.collate) ||
    (part.part === 'operand' && part.quantified === null);
  if (!isFree) throw syntaxError(reading.sql, tokenOf(part));
}

/** Levels whose operators do not chain: `a < b < c` is no expression. */
function chains(level: number): boolean {
  return level >= LEVEL.other || level <= LEVEL.and;
}

function climbFrom(state: Climb, weakest: number): AstExpr {
  return deeper(state.reading, () => climbOn(state, climbOperand(state), weakest));
}

function climbOn(state: Climb, first: AstExpr, weakest: number): AstExpr {
  let left = first;
  let lastLevel = 0;
  for (;;) {
    const part = state.parts[state.next];
    if (part === undefined || part.part === 'operand' || part.part === 'prefix') return left;
    if (part.level < weakest) return left;
    if (part.part === 'infix' && (part.kind === 'between-and' || part.kind === 'escape')) return left;
    if (part.level === lastLevel && !chains(part.level)) throw syntaxError(state.reading.sql, part.token);
    state.next++;
    if (part.part === 'postfix') {
      left = part.apply(left);
      if (part.level === LEVEL.is) requireEndOfTest(state);
      lastLevel = 0;
    } else {
      const isQuantified = quantifiedNext(state) !== null;
      left = climbInfix(state, left, part);
      lastLevel = isQuantified ? 0 : part.level;
    }
  }
}

function isInfix(part: ChainPart | undefined, kind: Infix['kind']): boolean {
  return part?.part === 'infix' && part.kind === kind;
}

/** After IS NULL and the like only AND, OR and the end of a BETWEEN's bound are taken. */
function requireEndOfTest(state: Climb): void {
  const part = state.parts[state.next];
  if (part === undefined || (part.part === 'infix' && ['and', 'or', 'between-and'].includes(part.kind))) return;
  throw refusal('an operator after IS ...', tokenOf(part));
}

function climbOperand(state: Climb): AstExpr {
  const part = state.parts[state.next++];
  if (part?.part === 'prefix') return climbPrefix(state, part);
  if (part?.part !== 'operand') throw syntaxError(state.reading.sql, tokenOf(part));
  if (part.quantified !== null) throw syntaxError(state.reading.sql, part.quantified.token);
  return part.expr;
}

function climbPrefix(state: Climb, { op, token }: Prefix): AstExpr {
  const at = atOf(state.reading, token);
  if (op === 'not') return negate(state.reading, climbFrom(state, LEVEL.not), at);
  if (op !== '-' && op !== '+') {
    return { kind: 'operator', op, left: null, right: climbFrom(state, LEVEL.other + 1), at };
  }
  const right = climbFrom(state, LEVEL.sign);
  const next = state.parts[state.next];
  if (next?.part === 'infix' && /^(->|#>)/.test(next.op)) throw refusal(`a sign before ${next.op}`, token);
  if (op === '-' && right.kind === 'literal') {
    // The grammar moves any constant to its sign.
    if (right.literal === 'number') return { ...right, text: negated(right.text), at };
    return { kind: 'operator', op, left: null, right: { ...right, at }, at };
  }
  return { kind: 'operator', op, left: null, right, at };
}

function negate(reading: Reading, operand: AstExpr, at: number | null): AstExpr {
  if (operand.kind === 'subquery-compare' && reading.writtenWithIn.has(operand)) return { ...operand, negated: true };
  return { kind: 'not', operand, at };
}

function climbInfix(state: Climb, left: AstExpr, infix: Infix): AstExpr {
  const at = atOf(state.reading, infix.token);
  const { op, level } = infix;
  switch (infix.kind) {
    case 'and':
    case 'or': {
      // As in the grammar: the left side's list is continued, whether it stood in parentheses or not.
      const isContinued = left.kind === infix.kind;
      const operands = isContinued ? [...left.operands] : [left];
      do operands.push(climbFrom(state, level + 1));
      while (isInfix(state.parts[state.next], infix.kind) && state.next++ >= 0);
      return { kind: infix.kind, operands, at: isContinued ? left.at : at };
    }
    case 'between':
      return climbBetween(state, left, infix);
    case 'like':
    case 'similar':
      return climbMatch(state, left, infix);
    case 'distinct': {
      const right = climbFrom(state, level + 1);
      return { kind: 'is-distinct', left, right, negated: infix.negated, at };
    }
    case 'time-zone': {
      const zone = climbFrom(state, level + 1);
      return callOf('timezone', [zone, left], at);
    }
    case 'symbol': {
      const quantified = quantifiedNext(state);
      if (quantified !== null) return climbQuantified(state, left, { op, at, operand: quantified });
      return { kind: 'operator', op, left, right: climbFrom(state, level + 1), at };
    }
    case 'escape':
    case 'between-and':
      throw syntaxError(state.reading.sql, infix.token);
    default:
      return infix.kind satisfies never;
  }
}

/** A call of a function of pg_catalog, as SQL's own spellings become. */
export function callOf(name: string, args: readonly AstExpr[], at: number | null): AstExpr {
  return {
    kind: 'call',
    name: ['pg_catalog', name],
    args,
    isStar: false,
    isDistinct: false,
    isVariadic: false,
    orderBy: [],
    filter: null,
    over: null,
    withinGroup: false,
    argNames: args.map(() => null),
    at,
  };
}

function climbBetween(state: Climb, operand: AstExpr, infix: Infix): AstExpr {
  const { reading, parts } = state;
  const middle = parts.findIndex((part, i) => i >= state.next && part.part === 'infix' && part.kind === 'between-and');
  if (middle < 0) throw syntaxError(reading.sql, infix.token);
  const low = deeper(reading, () => climb(reading, parts.slice(state.next, middle), true));
  state.next = middle + 1;
  const high = climbFrom(state, LEVEL.match + 1);
  const { negated: isNegated, symmetric } = infix;
  return { kind: 'between', operand, low, high, negated: isNegated, symmetric, at: atOf(reading, infix.token) };
}

function climbMatch(state: Climb, left: AstExpr, infix: Infix): AstExpr {
  const { op, kind } = infix;
  const at = atOf(state.reading, infix.token);
  const quantified = quantifiedNext(state);
  if (quantified !== null) {
    if (kind === 'similar') throw syntaxError(state.reading.sql, quantified.quantified?.token);
    return climbQuantified(state, left, { op, at, operand: quantified });
  }
  const pattern = climbFrom(state, LEVEL.match + 1);
  const next = state.parts[state.next];
  const hasEscape = next?.part === 'infix' && next.kind === 'escape';
  if (hasEscape) state.next++;
  const args = hasEscape ? [pattern, climbFrom(state, LEVEL.match + 1)] : [pattern];
  const name = kind === 'similar' ? 'similar_to_escape' : 'like_escape';
  return { kind: 'operator', op, left, right: kind === 'similar' || hasEscape ? callOf(name, args, at) : pattern, at };
}

function quantifiedNext(state: Climb): Operand | null {
  const part = state.parts[state.next];
  return part?.part === 'operand' && part.quantified !== null ? part : null;
}

interface QuantifiedUse {
  readonly op: string;
  readonly at: number | null;
  readonly operand: Operand;
}

function climbQuantified(state: Climb, left: AstExpr, { op, at, operand }: QuantifiedUse): AstExpr {
  const { quantifier, query, expr } = operand.quantified!;
  state.next++;
  if (query !== null) return { kind: 'subquery-compare', op, quantifier, left, query, negated: false, at };
  return { kind: 'quantified', op, quantifier, left, right: expr!, at };
}
