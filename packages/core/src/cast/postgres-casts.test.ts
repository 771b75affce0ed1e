import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_FORMAT } from '../codec/default-format.ts';
import { valueFromText } from '../codec/value-from-text.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import type { CastContext } from '../expr/expr.ts';
import type { EvaluationContext } from '../ports/evaluation-context.ts';
import { arrayOf, type DataType, types } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';
import { valueAt } from '../vector/access.ts';
import { vectorFromValues } from '../vector/builder.ts';
import { canCast, isInfallibleCast } from './can-cast.ts';
import { castValue } from './cast-value.ts';
import { castVector } from './cast-vector.ts';

/**
 * What PostgreSQL 15 (TimeZone America/New_York) made of `literal::from::to` and of the same as an assignment to a column: one string when
 * both agree. `no cast` stands for its 42846 and 42804.
 */
type Answers = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, string | readonly [string, string]>>>>>
>;
const ANSWERS = JSON.parse(readFileSync(new URL('./postgres-casts.json', import.meta.url), 'utf8')) as Answers;

const FORMAT = { ...DEFAULT_FORMAT, timeZone: 'America/New_York' };
const EVALUATION = {
  format: FORMAT,
  transactionMicros: 0n,
  session: { catalog: (question: string, name: Value) => (question === 'regclass' ? CLASSES.get(name) : undefined) },
} as unknown as EvaluationContext;
const CLASSES = new Map<Value, Value>([
  ['events', 16_385],
  [16_385, 'events'],
]);

function typeNamed(name: string): DataType {
  if (name.endsWith('[]')) return arrayOf(typeNamed(name.slice(0, -2)));
  const match = /^(\w+)\((\d+)(?:,(\d+))?\)$/.exec(name);
  if (match === null) return types[name as keyof typeof types];
  const size = Number(match[2]);
  if (match[1] === 'numeric') return { kind: 'numeric', precision: size, scale: Number(match[3] ?? 0) };
  return { kind: match[1] === 'char' ? 'bpchar' : 'varchar', length: size };
}

function outcome(to: DataType, run: () => Value): string {
  try {
    const value = castValue(run(), to, types.text, 'explicit', EVALUATION);
    return value === null ? '<null>' : (value as string);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    return `ERR ${error.sqlstate} ${error.message}`;
  }
}

describe.each(Object.entries(ANSWERS))('casts from %s', (fromName, byLiteral) => {
  const from = typeNamed(fromName);
  describe.each(['explicit', 'assignment'] as const)('%s', (context: CastContext) => {
    it.each(Object.entries(byLiteral))('%s', (literal, byTarget) => {
      const value = valueFromText(from, literal, FORMAT);
      for (const [toName, answer] of Object.entries(byTarget)) {
        const to = typeNamed(toName);
        const want = typeof answer === 'string' ? answer : answer[context === 'explicit' ? 0 : 1];
        const label = `${fromName} ${literal} -> ${toName}`;
        if (!canCast(from, to, context)) {
          expect('no cast', label).toBe(want);
          continue;
        }
        expect(
          outcome(to, () => castValue(value, from, to, context, EVALUATION)),
          label,
        ).toBe(want);
        const vector = vectorFromValues(from, [null, value, value]);
        expect(
          outcome(to, () => valueAt(castVector(vector, to, context, EVALUATION), 2)),
          label,
        ).toBe(want);
        if (isInfallibleCast(from, to)) expect(want, label).not.toMatch(/^ERR/);
      }
    });
  });
});

describe('casts', () => {
  it('find regclass by name and by number, and print its name', () => {
    expect(castValue('events', types.text, types.regclass, 'implicit', EVALUATION)).toBe(16_385);
    expect(castValue(16_385, types.regclass, types.text, 'explicit', EVALUATION)).toBe('events');
    expect(castValue('99', types.unknown, types.regclass, 'implicit', EVALUATION)).toBe(99);
    expect(() => castValue('nope', types.text, types.regclass, 'explicit', EVALUATION)).toThrow(
      'relation "nope" does not exist',
    );
  });

  it('keep NULL, and constants constant', () => {
    const constant = castVector(
      { kind: 'constant', type: types.int4, length: 3, value: 7 },
      types.text,
      'explicit',
      EVALUATION,
    );
    expect(constant).toEqual({ kind: 'constant', type: types.text, length: 3, value: '7' });
    expect(castValue(null, types.int4, types.text, 'explicit', EVALUATION)).toBeNull();
  });

  it('read "now" as the start of the transaction', () => {
    const vector = castVector(vectorFromValues(types.text, ['now']), types.timestamptz, 'explicit', {
      ...EVALUATION,
      transactionMicros: 42n,
    });
    expect(valueAt(vector, 0)).toBe(42n);
  });
});
