import type { Choices } from '@millrace/testkit';
import { literalOf, type Mood, SQL_TYPES, type SqlColumn, type SqlType } from './sql-world.ts';

/** What an expression may read, and what it may do. */
export interface ExprScope {
  readonly columns: readonly SqlColumn[];
  readonly mood: Mood;
  /** A subquery over the scope as a condition; null where none is wanted. */
  readonly condition: ((choices: Choices) => string) | null;
}

const DEPTH_MAX = 3;
const COMPARISONS: readonly string[] = ['=', '<', '>', '<=', '>=', '<>', 'is distinct from', 'is not distinct from'];

/**
 * Makers of a type's expressions. `$x` are operands of the type itself, `$i`, `$l`, `$f`, `$n`, `$t`, `$d`, `$s`, `$b` those of int4, int8, float8,
 * numeric, text, date, timestamp and bool. Numerics keep scales that meet.
 */
const CALM: Readonly<Record<SqlType, readonly string[]>> = {
  int4: [
    '$x + $x',
    '$x - $x',
    '$x * $x',
    'length($t)',
    'coalesce($x, $x)',
    '- $x',
    'abs($x)',
    '$x / nullif($x, 0)',
    '$x % nullif($x, 0)',
    'nullif($x, $x)',
    'greatest($x, $x)',
    '($d - $d) % 10',
    '$b::int4',
    'extract(day from $d)::int4',
    `position('a' in $t)`,
    'ascii($t) % 7',
  ],
  int8: [
    '$x + $x',
    '$x - $i',
    '$i * $x',
    '$i::int8',
    'coalesce($x, $x)',
    'least($x, $x)',
    '$x / nullif($x, 0)',
    'nullif($x, $x)',
  ],
  float8: [
    '$x + $x',
    '$x - $x',
    '$x * $x',
    '$i::float8',
    '$n::float8',
    'abs($x)',
    'coalesce($x, $x)',
    'greatest($x, $x)',
    '$x / 2',
    'floor($x)',
  ],
  'numeric(8,2)': [
    '($x + $x)::numeric(8,2)',
    '($x - $x)::numeric(8,2)',
    '$i::numeric(8,2)',
    'abs($x)::numeric(8,2)',
    'round($x * 0.1, 2)::numeric(8,2)',
    '(- $x)::numeric(8,2)',
  ],
  text: [
    '$x || $x',
    'lower($x)',
    'upper($x)',
    '$i::text',
    '$b::text',
    '$d::text',
    'coalesce($x, $x)',
    'substr($x, 1, 1)',
    `replace($x, 'a', 'b')`,
    'nullif($x, $x)',
    'trim($x)',
    'left($x, 1)',
    'reverse($x)',
    `concat($x, $i, $b)`,
    `$s::text`,
    `lpad($x, 2, 'z')`,
  ],
  bool: [],
  date: ['$x + 1', '$x - 30', '$s::date', 'coalesce($x, $x)', 'greatest($x, $x)', `date_trunc('month', $s)::date`],
  timestamp: [
    '$d::timestamp',
    `$x + interval '1 hour'`,
    `$x - interval '1 month'`,
    `date_trunc('day', $x)`,
    'coalesce($x, $x)',
    `$d + interval '1 day'`,
  ],
  timestamptz: [
    'coalesce($x, $x)',
    `$x + interval '1 day'`,
    '$s::timestamptz',
    'least($x, $x)',
    `date_trunc('hour', $x)`,
  ],
};

const WILD: Readonly<Partial<Record<SqlType, readonly string[]>>> = {
  int4: [
    '$x / $x',
    '$x % $x',
    '$t::int4',
    '$l::int4',
    '$f::int4',
    '$n::int4',
    '$x * 65536',
    '$x + 2147483000',
    '$x::int2::int4',
    'floor($f)::int4',
    '$x << 3',
  ],
  int8: ['$x / $x', '$x * 4611686018427387904', '$t::int8', '$f::int8', '$x + 9223372036854775000', '$n::int8'],
  float8: ['$x / $x', 'sqrt($x)', 'ln($x)', '$x * 1e308', '$t::float8', 'power($x, 2)'],
  'numeric(8,2)': [
    '($x * $x)::numeric(8,2)',
    '($x / $x)::numeric(8,2)',
    '$t::numeric(8,2)',
    '$l::numeric(8,2)',
    '($x * 100)::numeric(8,2)',
  ],
  text: [
    'repeat($x, 3)',
    'substr($x, $i, $i)',
    'split_part($x, $x, 1)',
    'left($x, $i)',
    `to_char($d, 'YYYY-MM-DD')`,
    '$f::text',
    '$n::text',
    '$l::text',
  ],
  date: ['$t::date', '$x + $i', 'make_date($i, 1, 1)'],
  timestamp: ['$t::timestamp', `$x + $i * interval '1 day'`, `$x + interval '9000 years'`],
};

const PREDICATES: readonly string[] = [
  '$x is null',
  '$x is not null',
  '$x is true',
  '$x is not true',
  '$x is unknown',
  'not $x',
  '$x and $x',
  '$x or $x',
  '$x and $x and $x',
  '$x = $x',
  '$t like $t',
  `$t like '%a%'`,
  `$t ~ 'a'`,
  '$t not like $t',
  'coalesce($x, $x)',
  '$i = $l',
  '$i < $f',
  '$l >= $n',
  '$n = $f',
  '$d < $s',
  '$s = $d',
  'starts_with($t, $t)',
  '($i, $t) = ($i, $t)',
  '($i, $i) < ($i, $i)',
  'nullif($x, $x)',
];

const LETTERS: Readonly<Record<string, SqlType>> = {
  i: 'int4',
  l: 'int8',
  f: 'float8',
  n: 'numeric(8,2)',
  t: 'text',
  d: 'date',
  s: 'timestamp',
  b: 'bool',
};

/** An expression of a type. Parenthesized wherever precedence could matter. */
export function exprOf(type: SqlType, choices: Choices, scope: ExprScope, depth = 0): string {
  const columns = scope.columns.filter((column) => column.type === type);
  const kind = choices.pick(10);
  if (kind < 4 || depth >= DEPTH_MAX) {
    const isColumn = scope.mood === 'wild' || kind < 3 || !choices.chance(1, 3);
    if (columns.length > 0 && isColumn) return choices.oneOf(columns).sql;
    return choices.chance(1, 8) ? `null::${type}` : literalOf(type, choices, scope.mood);
  }
  const next = (of: SqlType): string => exprOf(of, choices.part(), scope, depth + 1);
  if (kind === 4) {
    const otherwise = choices.chance(1, 3) ? '' : ` else ${next(type)}`;
    return `case when ${next('bool')} then ${next(type)}${otherwise} end`;
  }
  if (type === 'bool') return predicateOf(choices, scope, depth);
  const makers = [...CALM[type], ...(scope.mood === 'wild' ? (WILD[type] ?? []) : [])];
  return fill(choices.oneOf(makers), type, next);
}

/** A condition of any kind. */
function predicateOf(choices: Choices, scope: ExprScope, depth: number): string {
  const next = (of: SqlType): string => exprOf(of, choices.part(), scope, depth + 1);
  const type = choices.oneOf(SQL_TYPES);
  switch (choices.pick(6)) {
    case 0:
    case 1:
      return `(${next(type)} ${choices.oneOf(COMPARISONS)} ${next(type)})`;
    case 2: {
      const items = Array.from({ length: 1 + choices.pick(3) }, () => next(type));
      return `(${next(type)} ${choices.oneOf(['in', 'not in'])} (${items.join(', ')}))`;
    }
    case 3:
      return `(${next(type)} ${choices.oneOf(['between', 'not between'])} ${next(type)} and ${next(type)})`;
    case 4:
      return scope.condition !== null && depth < 2 ? scope.condition(choices.part()) : `(${next(type)} is null)`;
    default:
      return fill(choices.oneOf(PREDICATES), 'bool', next);
  }
}

function fill(maker: string, own: SqlType, next: (type: SqlType) => string): string {
  const text = maker.replace(/\$(\w)/g, (_, letter: string) => next(LETTERS[letter] ?? own));
  return `(${text})`;
}
