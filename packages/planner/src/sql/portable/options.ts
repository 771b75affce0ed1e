import type { AstOption } from '../ast.ts';
import type { Reading } from './level.ts';
import { negated } from './numbers.ts';
import { refusal, syntaxError } from './refusal.ts';
import { type GroupToken, isSymbol, splitAtCommas, type Token } from './token.ts';

/** The options of EXPLAIN and WITH: `(name)`, `(name value)`, `(space.name = value)`. */
export function readOptions(reading: Reading, group: GroupToken): readonly AstOption[] {
  const parts = splitAtCommas(group.items);
  if (parts.length === 0) throw syntaxError(reading.sql, group);
  return parts.map((part) => {
    const [name] = part;
    if (name?.kind !== 'word' && name?.kind !== 'quoted') throw syntaxError(reading.sql, name ?? group);
    return {
      namespace: null,
      name: name.text,
      value: part.length === 1 ? null : optionValue(reading, part.slice(1), group),
    };
  });
}

/** `WITH (a.b = value, c = value, d)` of CREATE TABLE. */
export function readStorageOptions(reading: Reading, group: GroupToken): readonly AstOption[] {
  const parts = splitAtCommas(group.items);
  if (parts.length === 0) throw syntaxError(reading.sql, group);
  return parts.map((part) => {
    const hasSpace = isSymbol(part[1], '.');
    const names = part.slice(0, hasSpace ? 3 : 1).filter((_, i) => i !== 1);
    const rest = part.slice(hasSpace ? 3 : 1);
    for (const name of names) if (name.kind !== 'word' && name.kind !== 'quoted') throw syntaxError(reading.sql, name);
    if (names.length !== (hasSpace ? 2 : 1)) throw syntaxError(reading.sql, group);
    const name = names[names.length - 1]!.text;
    const namespace = hasSpace ? names[0]!.text : null;
    if (rest.length === 0) return { namespace, name, value: null };
    if (!isSymbol(rest[0], '=')) throw syntaxError(reading.sql, rest[0]);
    return { namespace, name, value: optionValue(reading, rest.slice(1), group) };
  });
}

/** A word, a string or a number, perhaps with a sign. */
export function optionValue(reading: Reading, items: readonly Token[], place: Token): string {
  const isSigned = isSymbol(items[0], '-', '+');
  const value = items[isSigned ? 1 : 0];
  if (value === undefined) throw syntaxError(reading.sql, place);
  if (items.length > (isSigned ? 2 : 1)) throw refusal('this value', value);
  if (value.kind === 'number') return isSymbol(items[0], '-') ? negated(value.text) : value.text;
  const isText = value.kind === 'word' || value.kind === 'string' || value.kind === 'quoted';
  if (isSigned || !isText) throw syntaxError(reading.sql, value);
  return value.text;
}
