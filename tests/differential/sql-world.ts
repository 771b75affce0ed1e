import type { Choices } from '@millrace/testkit';

/** The types that generated SQL is about, as they are declared. */
export const SQL_TYPES = [
  'int4',
  'text',
  'bool',
  'int8',
  'float8',
  'numeric(8,2)',
  'date',
  'timestamp',
  'timestamptz',
] as const;
export type SqlType = (typeof SQL_TYPES)[number];

/** A column of a generated table, or of a query's FROM: how SQL names it, and its type. */
export interface SqlColumn {
  readonly sql: string;
  readonly type: SqlType;
}

/** A table and its rows, cell by cell as SQL literals. */
export interface SqlTable {
  readonly name: string;
  readonly columns: readonly SqlColumn[];
  readonly rows: readonly (readonly string[])[];
}

/** What queries are asked of. */
export interface SqlWorld {
  readonly tables: readonly SqlTable[];
}

/**
 * Few values of each type, the simplest first, so that rows meet and predicates are true of some. `calm`: no arithmetic of a generated depth over
 * them can fail.
 */
const CALM: Readonly<Record<SqlType, readonly string[]>> = {
  int4: ['0', '1', '2', '3', '-1', '5'],
  text: [`''`, `'a'`, `'b'`, `'ab'`, `'B'`, `'1'`, `' '`, `'a%'`, `'ä'`, `'😀'`],
  bool: ['false', 'true'],
  int8: ['0::int8', '1::int8', '2::int8', '(-3)::int8', '4::int8'],
  float8: [
    '0::float8',
    '1::float8',
    '0.5::float8',
    `'-0'::float8`,
    '(-1.5)::float8',
    `'NaN'::float8`,
    `'Infinity'::float8`,
  ],
  'numeric(8,2)': [
    '0::numeric(8,2)',
    '1::numeric(8,2)',
    '2.50::numeric(8,2)',
    '(-0.01)::numeric(8,2)',
    '12.34::numeric(8,2)',
  ],
  date: [`date '2024-01-01'`, `date '2024-02-29'`, `date '1969-12-31'`, `date '2024-01-02'`],
  timestamp: [
    `timestamp '2024-01-01 00:00:00'`,
    `timestamp '2024-02-29 12:30:00.5'`,
    `timestamp '1969-12-31 23:59:59.999999'`,
  ],
  timestamptz: [
    `timestamptz '2024-01-01 00:00:00+00'`,
    `timestamptz '2024-02-29 12:30:00+02'`,
    `timestamptz '1969-12-31 23:59:59+00'`,
  ],
};

/** What makes arithmetic and casts fail. */
const WILD: Readonly<Partial<Record<SqlType, readonly string[]>>> = {
  int4: ['2147483647', '(-2147483648)', '46341'],
  text: [`'2147483648'`, `'x'`, `' 7 '`, `'1.5'`, `'2024-02-29'`, `'true'`, `'NaN'`],
  int8: ['9223372036854775807', '(-9223372036854775808)', '9007199254740993', '2147483648'],
  float8: [`1e300::float8`, `'-Infinity'::float8`, `5e-324::float8`, `2147483647.5::float8`],
  'numeric(8,2)': ['999999.99::numeric(8,2)', '(-999999.99)::numeric(8,2)'],
  date: [`date '9999-12-31'`, `date '0001-01-01'`],
  timestamp: [`timestamp '9999-12-31 23:59:59'`, `timestamp '0001-01-01 00:00:00'`],
};

/** Whether expressions may fail: `calm` ones never do. */
export type Mood = 'calm' | 'wild';

/** A literal of a type that is no NULL. */
export function literalOf(type: SqlType, choices: Choices, mood: Mood): string {
  const wild = mood === 'wild' ? (WILD[type] ?? []) : [];
  return choices.oneOf([...CALM[type], ...wild]);
}

const TABLES = 3;
const ROWS_MAX = 9;

/** Three tables: a key that meets the others' keys, then two to five columns of any type; none to nine rows. */
export function worldOf(choices: Choices, mood: Mood): SqlWorld {
  const tables = Array.from({ length: TABLES }, (_, index): SqlTable => {
    const of = choices.part();
    const some = Array.from({ length: 2 + of.pick(4) }, () => of.oneOf(SQL_TYPES));
    // What may fail reads columns, not literals: PostgreSQL evaluates those when it plans, wherever they stand.
    const types: readonly SqlType[] = ['int4', ...(mood === 'wild' ? SQL_TYPES : some)];
    const columns = types.map((type, i): SqlColumn => ({ sql: i === 0 ? 'k' : `c${i}`, type }));
    const rows = Array.from({ length: of.chance(1, 10) ? of.pick(2) : 2 + of.pick(ROWS_MAX - 1) }, () => {
      const row = of.part();
      return types.map((type) => (row.chance(1, 4) ? 'null' : literalOf(type, row, mood)));
    });
    return { name: `t${index}`, columns, rows };
  });
  return { tables };
}

/** What fills an empty database with a world: a statement a line. */
export function setupOf({ tables }: SqlWorld): readonly string[] {
  return tables.flatMap(({ name, columns, rows }) => [
    `create table ${name} (${columns.map(({ sql, type }) => `${sql} ${type}`).join(', ')})`,
    ...(rows.length === 0 ? [] : [`insert into ${name} values ${rows.map((row) => `(${row.join(', ')})`).join(', ')}`]),
  ]);
}
