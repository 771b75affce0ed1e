/** How a column's values are compared across readers: every reader turns them into the same canonical text. */
export type ColumnKind = 'integer' | 'float' | 'decimal' | 'bool' | 'text' | 'bytes' | 'date' | 'timestamp' | 'array';

export interface InteropColumn {
  readonly name: string;
  /** The SQL type. */
  readonly type: string;
  readonly kind: ColumnKind;
  /** Computed by millrace from other columns, so never inserted. */
  readonly generatedAs?: string;
}
/** A value as SQL writes it and as every reader must give it back; null = NULL. */
export interface InteropValue {
  readonly sql: string;
  readonly text: string | null;
}
export interface InteropTable {
  readonly name: string;
  readonly columns: readonly InteropColumn[];
  readonly partitionBy: readonly string[];
  /** One INSERT and one flush each, so one Delta commit each. */
  readonly commits: readonly (readonly (readonly InteropValue[])[])[];
}

const NULL: InteropValue = { sql: 'null', text: null };
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** A value whose SQL literal is its canonical text in quotes. */
const same = (text: string): InteropValue => ({ sql: quoted(text), text });
const value = (sql: string, text: string): InteropValue => ({ sql, text });

const ALL_TYPES: readonly InteropColumn[] = [
  { name: 'id', type: 'int8 not null', kind: 'integer' },
  { name: 'b', type: 'bool', kind: 'bool' },
  { name: 'i2', type: 'int2', kind: 'integer' },
  { name: 'i4', type: 'int4', kind: 'integer' },
  { name: 'i8', type: 'int8', kind: 'integer' },
  { name: 'f4', type: 'float4', kind: 'float' },
  { name: 'f8', type: 'float8', kind: 'float' },
  { name: 'n', type: 'numeric(38,9)', kind: 'decimal' },
  { name: 'm', type: 'numeric(10,2)', kind: 'decimal' },
  { name: 't', type: 'text', kind: 'text' },
  { name: 'v', type: 'varchar(20)', kind: 'text' },
  { name: 'by', type: 'bytea', kind: 'bytes' },
  { name: 'd', type: 'date', kind: 'date' },
  { name: 'ts', type: 'timestamp', kind: 'timestamp' },
  { name: 'tz', type: 'timestamptz', kind: 'timestamp' },
  { name: 'u', type: 'uuid', kind: 'text' },
  { name: 'j', type: 'json', kind: 'text' },
  { name: 'jb', type: 'jsonb', kind: 'text' },
  { name: 'ai', type: 'int8[]', kind: 'array' },
  { name: 'at', type: 'text[]', kind: 'array' },
];

const ROWS: readonly (readonly InteropValue[])[] = [
  [
    same('1'),
    same('true'),
    same('-32768'),
    same('-2147483648'),
    same('-9223372036854775808'),
    same('-1.5'),
    same('-0.1'),
    value("'-12345678901234567890123456789.123456789'", '-12345678901234567890123456789.123456789'),
    same('-99999999.99'),
    same(''),
    same('x'),
    value("'\\x00ff10'", '00FF10'),
    same('1970-01-01'),
    same('1969-12-31 23:59:59.999999'),
    value("'1969-12-31 23:59:59.999999+00'", '1969-12-31 23:59:59.999999'),
    same('00000000-0000-0000-0000-000000000000'),
    same('{"b":1,"a":[1,2]}'),
    value(`'{"b":1,"a":[1,2]}'`, '{"a": [1, 2], "b": 1}'),
    value("'{}'", '[]'),
    value("'{}'", '[]'),
  ],
  [
    same('2'),
    same('false'),
    same('32767'),
    same('2147483647'),
    same('9223372036854775807'),
    same('1.5'),
    same('1e+300'),
    value("'12345678901234567890123456789.123456789'", '12345678901234567890123456789.123456789'),
    same('99999999.99'),
    same('naïve 日本 "quoted" \\ back'),
    same('éé'),
    value("'\\xdeadbeef'", 'DEADBEEF'),
    same('2262-04-11'),
    same('2024-02-29 12:34:56.123456'),
    value("'2024-02-29 12:34:56.123456+02'", '2024-02-29 10:34:56.123456'),
    same('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),
    same('"text"'),
    value("'{}'", '{}'),
    value("'{9007199254740993,-1}'", '[9007199254740993,-1]'),
    value(`'{"a,b","c"}'`, '["a,b","c"]'),
  ],
  [
    same('3'),
    NULL,
    same('0'),
    same('0'),
    same('9007199254740993'),
    value("'NaN'", 'NaN'),
    value("'Infinity'", 'Infinity'),
    same('0.000000001'),
    same('0.00'),
    same('line\nbreak\ttab'),
    same(''),
    value("'\\x'", ''),
    same('2000-01-01'),
    same('2000-01-01 00:00:00.000001'),
    value("'2000-01-01 00:00:00.000001+00'", '2000-01-01 00:00:00.000001'),
    same('ffffffff-ffff-ffff-ffff-ffffffffffff'),
    same('[]'),
    value("'[1, 2.50]'", '[1, 2.50]'),
    value("'{1}'", '[1]'),
    value("'{x}'", '["x"]'),
  ],
  [same('4'), ...ALL_TYPES.slice(1).map(() => NULL)],
];

const PARTITIONED: readonly InteropColumn[] = [
  { name: 'id', type: 'int8 not null', kind: 'integer' },
  { name: 'project_id', type: 'text', kind: 'text' },
  { name: 'day', type: 'date', kind: 'date' },
  { name: 'x', type: 'float8', kind: 'float' },
];
const PROJECTS = ['plain', 'a/b', '100%', 'k=v', 'two words', 'é', '日本', "it's", 'a:b', 'x?y#z', '../up'];

/** Partitioned by a generated column, and with one in its files: protocol 1/7 with a writer feature of our own, which no reader need know. */
const GENERATED: readonly InteropColumn[] = [
  { name: 'ts', type: 'timestamptz', kind: 'timestamp' },
  { name: 'day', type: 'date', kind: 'date', generatedAs: "(ts at time zone 'UTC')::date" },
  { name: 'n', type: 'int8', kind: 'integer' },
  { name: 'half', type: 'int8', kind: 'integer', generatedAs: 'n / 2' },
  { name: 'shout', type: 'text', kind: 'text', generatedAs: "upper(name) || '!'" },
  { name: 'name', type: 'text', kind: 'text' },
];
const GENERATED_COMMITS: InteropTable['commits'] = [
  [
    [
      value("'2024-05-01 00:30:00+02'", '2024-04-30 22:30:00.000000'),
      same('2024-04-30'),
      same('9007199254740993'),
      same('4503599627370496'),
      same('ABC!'),
      same('abc'),
    ],
    [
      value("'2024-05-01 23:59:59.999999+00'", '2024-05-01 23:59:59.999999'),
      same('2024-05-01'),
      same('-3'),
      same('-1'),
      same('!'),
      same(''),
    ],
  ],
  [[NULL, NULL, NULL, NULL, NULL, NULL]],
];

/** What is written; see `run.ts`. */
export const INTEROP_TABLES: readonly InteropTable[] = [
  { name: 'all_types', columns: ALL_TYPES, partitionBy: [], commits: ROWS.map((row) => [row]) },
  {
    name: 'partitioned',
    columns: PARTITIONED,
    partitionBy: ['project_id', 'day'],
    commits: [
      PROJECTS.map((project, index) => [same(String(index)), same(project), same('2024-05-01'), same(`${index}.5`)]),
      [
        [same('100'), NULL, same('2024-05-02'), NULL],
        [same('101'), same('plain'), NULL, same('1.5')],
        [same('102'), NULL, NULL, same('2.5')],
      ],
    ],
  },
  { name: 'generated', columns: GENERATED, partitionBy: ['day'], commits: GENERATED_COMMITS },
  {
    // More commits than any checkpoint interval in use, and some after the last checkpoint.
    name: 'many_commits',
    columns: [
      { name: 'id', type: 'int8 not null', kind: 'integer' },
      { name: 'big', type: 'int8', kind: 'integer' },
    ],
    partitionBy: [],
    commits: Array.from({ length: 24 }, (_, commit) =>
      Array.from({ length: 3 }, (_, row) => [
        same(String(commit * 3 + row)),
        same(String(9007199254740993n + BigInt(commit * 3 + row))),
      ]),
    ),
  },
];
