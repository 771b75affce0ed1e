import { type ArgumentType, type DataType, types } from '@millrace/core';
import { canCoerce } from './cast-rules.ts';
import { findCommonType } from './common-type.ts';
import { categoryOf, concreteArgument, isPreferred, sameBaseType, type TypeCategory } from './type-facts.ts';

/** One way to call a function: its arguments as declared, repeated and cut to the number given. */
export interface Candidate<T> {
  readonly args: readonly ArgumentType[];
  readonly target: T;
  /** Its array arguments need not be of one type (`unnest(a, b)`). */
  readonly isMixed?: boolean;
}

/** What the search among overloads came to. */
export type Resolution<T> =
  | { readonly kind: 'found'; readonly candidate: Candidate<T> }
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous' };

/**
 * Chooses among overloads as PostgreSQL does (manual, sections 10.2 and 10.3): an exact match; else those that implicit casts reach; of
 * them those with most exact matches; then most preferred types; then by the category that unknown literals are taken to have;
 * at last by assuming that unknown literals have the type of the known arguments.
 */
export function resolveOverload<T>(candidates: readonly Candidate<T>[], actual: readonly DataType[]): Resolution<T> {
  const exact = candidates.find((candidate) => actual.every((type, i) => isExact(candidate.args[i]!, type)));
  if (exact !== undefined) return { kind: 'found', candidate: exact };
  const applicable = candidates.filter((candidate) => accepts(candidate, actual));
  if (applicable.length === 0) return { kind: 'none' };
  if (applicable.length === 1) return { kind: 'found', candidate: applicable[0]! };
  const best = selectCandidate(applicable, actual);
  return best === null ? { kind: 'ambiguous' } : { kind: 'found', candidate: best };
}

function isExact(argument: ArgumentType, type: DataType): boolean {
  const concrete = concreteArgument(argument);
  return concrete !== null && type.kind !== 'unknown' && sameBaseType(concrete, type);
}

/** Whether every argument can be passed with implicit casts, the polymorphic ones consistently. */
function accepts(candidate: Candidate<unknown>, actual: readonly DataType[]): boolean {
  if (!actual.every((type, i) => acceptsOne(candidate.args[i]!, type))) return false;
  return candidate.isMixed === true || elementTypeOf(candidate.args, actual) !== null;
}

function acceptsOne(argument: ArgumentType, type: DataType): boolean {
  switch (argument) {
    case 'any':
    case 'anyelement':
    case 'anycompatible':
      return type.kind !== 'void';
    case 'anynonarray':
      return type.kind !== 'array' && type.kind !== 'void';
    case 'anyarray':
      return type.kind === 'array' || type.kind === 'unknown';
    default:
      return canCoerce(type, concreteArgument(argument) ?? types.text, 'implicit');
  }
}

/** What `anyelement` (or `anycompatible`: no signature has both) stands for in this call; null if the arguments disagree. */
export function elementTypeOf(declared: readonly ArgumentType[], actual: readonly DataType[]): DataType | null {
  const elements = actual.flatMap((type, i): readonly DataType[] => {
    const argument = declared[i];
    if (argument === 'anyelement' || argument === 'anynonarray' || argument === 'anycompatible') return [type];
    return argument === 'anyarray' && type.kind === 'array' ? [type.item] : [];
  });
  return findCommonType(elements);
}

function selectCandidate<T>(applicable: readonly Candidate<T>[], actual: readonly DataType[]): Candidate<T> | null {
  let remaining = mostMatches(applicable, (candidate) => count(actual, (type, i) => isExact(candidate.args[i]!, type)));
  if (remaining.length === 1) return remaining[0]!;
  remaining = mostMatches(remaining, (candidate) =>
    count(actual, (type, i) => type.kind !== 'unknown' && isExactOrPreferred(candidate.args[i]!, type)),
  );
  if (remaining.length === 1) return remaining[0]!;
  if (!actual.some((type) => type.kind === 'unknown')) return null;
  const byCategory = keepUnknownCategories(remaining, actual);
  if (byCategory !== null) {
    remaining = byCategory;
    if (remaining.length === 1) return remaining[0]!;
  }
  return assumeKnownType(remaining, actual);
}

function count(actual: readonly DataType[], test: (type: DataType, index: number) => boolean): number {
  return actual.filter(test).length;
}

function mostMatches<T>(
  candidates: readonly Candidate<T>[],
  score: (candidate: Candidate<T>) => number,
): readonly Candidate<T>[] {
  const scores = candidates.map(score);
  const best = Math.max(...scores);
  return candidates.filter((_, i) => scores[i] === best);
}

function isExactOrPreferred(argument: ArgumentType, type: DataType): boolean {
  if (isExact(argument, type)) return true;
  const concrete = concreteArgument(argument);
  return concrete !== null && isPreferred(concrete) && categoryOf(concrete) === categoryOf(type);
}

/** Null if the candidates do not agree on a category for some unknown argument. */
function keepUnknownCategories<T>(
  candidates: readonly Candidate<T>[],
  actual: readonly DataType[],
): readonly Candidate<T>[] | null {
  const wanted = new Map<number, { readonly category: TypeCategory; readonly preferred: boolean }>();
  for (const [i, type] of actual.entries()) {
    if (type.kind !== 'unknown') continue;
    const slots = candidates.map((candidate) => slotOf(candidate.args[i]!));
    const isString = slots.some((slot) => slot.category === 'S');
    const category = isString ? 'S' : slots[0]!.category;
    if (!isString && slots.some((slot) => slot.category !== category)) return null;
    wanted.set(i, { category, preferred: slots.some((slot) => slot.category === category && slot.preferred) });
  }
  const kept = candidates.filter((candidate) =>
    [...wanted].every(([i, want]) => {
      const slot = slotOf(candidate.args[i]!);
      return slot.category === want.category && (!want.preferred || slot.preferred);
    }),
  );
  return kept.length > 0 ? kept : candidates;
}

function slotOf(argument: ArgumentType): { readonly category: TypeCategory; readonly preferred: boolean } {
  const concrete = concreteArgument(argument);
  return concrete === null
    ? { category: 'P', preferred: false }
    : { category: categoryOf(concrete), preferred: isPreferred(concrete) };
}

/** Last resort: all known arguments have one type, and exactly one candidate takes it in the unknown places too. */
function assumeKnownType<T>(candidates: readonly Candidate<T>[], actual: readonly DataType[]): Candidate<T> | null {
  const known = actual.filter((type) => type.kind !== 'unknown');
  const first = known[0];
  if (first === undefined || !known.every((type) => sameBaseType(type, first))) return null;
  const assumed = actual.map(() => first);
  const fitting = candidates.filter((candidate) => accepts(candidate, assumed));
  return fitting.length === 1 ? fitting[0]! : null;
}
