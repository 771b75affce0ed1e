import { type DataType, failure, formatType, sameType, types } from '@millrace/core';
import { canCoerce } from './cast-rules.ts';
import { categoryOf, isPreferred, sameBaseType, withoutModifiers } from './type-facts.ts';

/**
 * The one type that several expressions are brought to (PostgreSQL manual, section 10.5: UNION, CASE and related constructs);
 * null if there is none. Only unknown literals: text. A modifier survives only if all have the same.
 */
export function findCommonType(candidates: readonly DataType[]): DataType | null {
  return resolve(candidates, () => null);
}

/** The same, but raises 42804 in PostgreSQL's words: `CASE types integer and text cannot be matched`. `at` gives each one's position. */
export function commonTypeOf(
  construct: string,
  candidates: readonly DataType[],
  at: (index: number) => number | undefined,
): DataType {
  const found = resolve(candidates, (first, index) => {
    const names = `${formatType(withoutModifiers(first))} and ${formatType(withoutModifiers(candidates[index]!))}`;
    throw failure(
      'typeMismatch',
      { message: `${construct} types ${names} cannot be matched` },
      { position: at(index) },
    );
  });
  return found ?? types.text;
}

function resolve(candidates: readonly DataType[], mismatch: (first: DataType, index: number) => null): DataType | null {
  let chosen: DataType | null = null;
  for (const [index, type] of candidates.entries()) {
    if (type.kind === 'unknown') continue;
    if (chosen === null) chosen = type;
    else if (sameBaseType(chosen, type)) continue;
    else if (categoryOf(chosen) !== categoryOf(type)) return mismatch(chosen, index);
    else if (!isPreferred(chosen) && canCoerce(chosen, type, 'implicit') && !canCoerce(type, chosen, 'implicit')) {
      chosen = type;
    }
  }
  if (chosen === null) return types.text;
  const winner = chosen;
  for (const [index, type] of candidates.entries()) {
    if (!canCoerce(type, winner, 'implicit')) return mismatch(winner, index);
  }
  return candidates.every((type) => sameType(type, winner)) ? winner : withoutModifiers(winner);
}
