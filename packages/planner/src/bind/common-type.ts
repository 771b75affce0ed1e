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

/**
 * The same, but raises 42804 in PostgreSQL's words if there is no such type (`CASE types integer and text cannot be matched`), 42846 if one of
 * them does not convert to it. `at` gives each one's position.
 */
export function commonTypeOf(
  construct: string,
  candidates: readonly DataType[],
  at: (index: number) => number | undefined,
): DataType {
  const nameOf = (type: DataType): string => formatType(withoutModifiers(type));
  const found = resolve(candidates, (chosen, index, isUnrelated) => {
    const [to, from] = [nameOf(chosen), nameOf(candidates[index]!)];
    const position = at(index);
    if (isUnrelated) {
      const message = `${construct} types ${to} and ${from} cannot be matched`;
      throw failure('typeMismatch', { message }, { position });
    }
    const part = construct === 'CASE' ? (index === 0 ? 'CASE/ELSE' : 'CASE/WHEN') : construct;
    throw failure('cannotUnify', { construct: part, from, to }, { position });
  });
  return found ?? types.text;
}

function resolve(
  candidates: readonly DataType[],
  mismatch: (chosen: DataType, index: number, isUnrelated: boolean) => null,
): DataType | null {
  let chosen: DataType | null = null;
  for (const [index, type] of candidates.entries()) {
    if (type.kind === 'unknown') continue;
    if (chosen === null) chosen = type;
    else if (sameBaseType(chosen, type)) continue;
    else if (categoryOf(chosen) !== categoryOf(type)) return mismatch(chosen, index, true);
    else if (!isPreferred(chosen) && canCoerce(chosen, type, 'implicit') && !canCoerce(type, chosen, 'implicit')) {
      chosen = type;
    }
  }
  if (chosen === null) return types.text;
  const winner = chosen;
  for (const [index, type] of candidates.entries()) {
    if (!canCoerce(type, winner, 'implicit')) return mismatch(winner, index, false);
  }
  return candidates.every((type) => sameType(type, winner)) ? winner : withoutModifiers(winner);
}
