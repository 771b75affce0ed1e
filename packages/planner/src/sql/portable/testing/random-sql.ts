/** A source of choices that a seed replays (xorshift32). */
export interface Choices {
  below(n: number): number;
  chance(percent: number): boolean;
  of<T>(items: readonly T[]): T;
}

/** Choices from a seed. */
export function choicesOf(seed: number): Choices {
  let state = (seed * 2654435761 + 88675123) | 0 || 1;
  const below = (n: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
  return { below, chance: (percent) => below(100) < percent, of: (items) => items[below(items.length)]! };
}

const COLUMNS = [
  'k',
  'x',
  't',
  'd',
  'ts',
  'j',
  'a.k',
  'b.y',
  'c.t',
  'w.v',
  '"K"',
  '"Mixed Case"',
  'public.a.x',
  'name',
  'value',
  'year',
  'at',
  'nulls',
  'first',
  'date',
  'count',
  '"select"',
  'été',
];
const NUMBERS = [
  '0',
  '1',
  '42',
  '1.50',
  '.5',
  '3.',
  '1e3',
  '2.5E-3',
  '9223372036854775808',
  '2147483647',
  '2147483648',
  '007',
  '1_000',
  '0x1F',
  '0b101',
  '0o17',
];
const STRINGS = [
  "''",
  "'x'",
  "'it''s'",
  "'a\"b'",
  "E'tab\\t\\'q\\''",
  "E'\\u00e9\\x41\\101'",
  '$$d$$',
  "$q$it's $$ in$q$",
  "U&'\\00e4b'",
  "'{}'",
  "'%a_'",
  "'ä😀'",
  "'-- no comment'",
  "'/* nor this'",
];
const OPERATORS = [
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '||',
  '->',
  '->>',
  '#>',
  '#>>',
  '@>',
  '<@',
  '&&',
  '~',
  '~*',
  '!~',
  '!~*',
  '~~',
  '!~~*',
  '&',
  '|',
  '#',
  '<<',
  '>>',
  '?',
  '@@',
  '<->',
  'operator(pg_catalog.+)',
  'OPERATOR(~)',
];
const COMPARISONS = ['=', '<>', '!=', '<', '<=', '>', '>='];
const TYPES = [
  'int',
  'integer',
  'int4',
  'bigint',
  'smallint',
  'text',
  'varchar',
  'varchar(3)',
  'character varying (5)',
  'char',
  'char(2)',
  'numeric',
  'numeric(10,2)',
  'decimal(4)',
  'float',
  'float(10)',
  'real',
  'double precision',
  'bool',
  'boolean',
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'timestamp(3) with time zone',
  'time without time zone',
  'timestamp with time zone',
  'interval',
  'interval(2)',
  'jsonb',
  'json',
  'int[]',
  'text[][]',
  'int4[3]',
  'pg_catalog.int8',
  'regclass',
  '"char"',
  'uuid',
  'bytea',
  'bit(3)',
  'bit varying',
];
const FUNCTIONS = [
  'f',
  'lower',
  'count',
  'sum',
  'max',
  'array_agg',
  'string_agg',
  'now',
  'pg_catalog.abs',
  'left',
  'right',
  'replace',
  '"F"',
  'date_trunc',
  'round',
  'public."Fn"',
  'format',
];
const SQL_VALUES = [
  'current_date',
  'current_timestamp',
  'current_timestamp(3)',
  'localtime',
  'localtimestamp(0)',
  'current_user',
  'session_user',
  'user',
  'current_schema',
  'current_catalog',
  'current_role',
];
const ALIASES = [
  'q',
  'r',
  '"Al ias"',
  'total',
  'name',
  'value',
  'x1',
  'date_',
  'n',
  'like',
  'is',
  'and',
  'desc',
  'not',
];
const TABLES = ['a', 'b', 'c', 'w', 'public.a', '"B"', 'a', 'b', 'pg_catalog.pg_class'];

/** Random SQL of PostgreSQL's grammar: mostly valid, with few parentheses, so that precedence decides. */
export class RandomSql {
  private readonly c: Choices;
  constructor(choices: Choices) {
    this.c = choices;
  }

  /** Something now and then. */
  private maybe(percent: number, make: () => string): string {
    return this.c.chance(percent) ? make() : '';
  }

  private list(most: number, make: () => string): string {
    return Array.from({ length: 1 + this.c.below(most) }, make).join(this.c.of([', ', ',', ' , ']));
  }

  private words(text: string): string {
    return this.c.chance(15) ? text.toUpperCase() : text;
  }

  literal(): string {
    const { c } = this;
    switch (c.below(9)) {
      case 0:
      case 1:
      case 2:
        return c.of(NUMBERS);
      case 3:
      case 4:
        return c.of(STRINGS);
      case 5:
        return c.of(['true', 'false', 'null', 'NULL', 'TRUE']);
      case 6:
        return `$${1 + c.below(4)}`;
      case 7:
        return c.of([
          "date '2020-01-01'",
          "interval '1 day'",
          "interval '2' hour",
          "timestamptz '2020-01-01'",
          "int '5'",
          "numeric(3,1) '1.5'",
          "double precision '2'",
          "char 'ab'",
          "pg_catalog.text 'x'",
          "b'101'",
          "x'1f'",
          "timestamp with time zone '2021-01-01'",
        ]);
      default:
        return c.of(SQL_VALUES);
    }
  }

  /** An operand: what needs no parentheses. */
  atom(depth: number): string {
    const { c } = this;
    const roll = c.below(depth <= 0 ? 12 : 24);
    if (roll < 7) return c.of(COLUMNS);
    if (roll < 12) return this.literal();
    switch (roll) {
      case 12:
      case 13:
      case 14:
        return `(${this.expr(depth - 1)})`;
      case 15:
      case 16:
        return this.call(depth - 1);
      case 17:
        return this.caseOf(depth - 1);
      case 18:
        return `(${this.query(depth - 2)})`;
      case 19:
        return this.special(depth - 1);
      case 20:
        return c.of([
          `exists (${this.query(depth - 2)})`,
          `array(${this.query(depth - 2)})`,
          `(${this.expr(depth - 1)}, ${this.expr(depth - 1)})`,
        ]);
      case 21:
        return `array[${this.maybe(90, () => this.list(3, () => this.expr(depth - 1)))}]`;
      case 22:
        return c.of([
          `k[${this.expr(depth - 1)}]`,
          `(${this.expr(depth - 1)})[1]`,
          '$1[2]',
          'a.k[1][2]',
          't[1:2]',
          't[:$1]',
          `((${this.expr(depth - 1)}))`,
          't.*',
        ]);
      default:
        return c.of([
          `row(${this.list(3, () => this.expr(depth - 1))})`,
          'row()',
          'array[[1,2],[3,4]]',
          `((${this.query(depth - 2)}))`,
        ]);
    }
  }

  call(depth: number): string {
    const { c } = this;
    const name = c.of(FUNCTIONS);
    const args = c.of([
      () => '',
      () => this.expr(depth),
      () => this.list(3, () => this.expr(depth)),
      () => '*',
      () => `distinct ${this.expr(depth)}`,
      () => `all ${this.expr(depth)}`,
      () => `${this.expr(depth)} order by ${this.sortKeys(depth)}`,
      () => `${this.expr(depth)}, n => ${this.expr(depth)}`,
      () => `n := ${this.expr(depth)}`,
      () => `variadic ${this.expr(depth)}`,
    ])();
    return `${name}${this.maybe(10, () => ' ')}(${args})${this.maybe(12, () => ` filter (where ${this.expr(depth)})`)}${this.maybe(12, () => this.over(depth))}`;
  }

  private over(depth: number): string {
    const bound = (): string =>
      this.c.of([
        'unbounded preceding',
        'current row',
        '1 preceding',
        `${this.atom(depth)} following`,
        'unbounded following',
        "interval '1 day' preceding",
      ]);
    const frame = (): string =>
      ` ${this.c.of(['rows', 'range', 'groups'])} ${this.c.chance(50) ? bound() : `between ${bound()} and ${bound()}`}${this.maybe(30, () => this.c.of([' exclude ties', ' exclude current row', ' exclude no others']))}`;
    if (this.c.chance(25)) return ' over w';
    return ` over (${this.maybe(20, () => 'w ')}${this.maybe(50, () => `partition by ${this.list(2, () => this.expr(depth))} `)}${this.maybe(60, () => `order by ${this.sortKeys(depth)}`)}${this.maybe(40, frame)})`;
  }

  caseOf(depth: number): string {
    const when = (): string => `when ${this.expr(depth)} then ${this.expr(depth)}`;
    const whens = Array.from({ length: 1 + this.c.below(2) }, when).join(' ');
    return (
      this.words('case') +
      `${this.maybe(40, () => ` ${this.expr(depth)}`)} ${whens}${this.maybe(60, () => ` else ${this.expr(depth)}`)} end`
    );
  }

  special(depth: number): string {
    const e = (): string => this.expr(depth);
    return this.c.of([
      () => `cast(${e()} as ${this.c.of(TYPES)})`,
      () => `coalesce(${this.list(3, e)})`,
      () => `nullif(${e()}, ${e()})`,
      () => `greatest(${this.list(3, e)})`,
      () => `least(${this.list(2, e)})`,
      () => `extract(${this.c.of(['year', 'hour', "'epoch'", 'dow'])} from ${e()})`,
      () => `substring(${e()} from ${e()} for ${e()})`,
      () => `substring(${e()}, ${e()})`,
      () => `trim(${this.c.of(['', 'both ', 'leading ', 'trailing '])}'x' from ${e()})`,
      () => `trim(${e()})`,
      () => `position(${this.atom(depth)} in ${this.atom(depth)})`,
      () => `position(${this.expr(depth)} in ${this.atom(depth)})`,
      () => `overlay(${e()} placing ${e()} from ${e()})`,
    ])();
  }

  /** A chain of operators without parentheses. */
  expr(depth: number): string {
    const { c } = this;
    let text = this.operand(depth);
    const length = depth <= 0 ? c.below(2) : c.below(4);
    for (let i = 0; i < length; i++) text += this.step(depth);
    return text;
  }

  private operand(depth: number): string {
    const { c } = this;
    const prefix = this.maybe(22, () => c.of(['- ', '-', '+', 'not ', 'not ', 'NOT ', '- - ', '~ ', '@ ', 'not not ']));
    return prefix + this.atom(depth) + this.maybe(20, () => this.postfix());
  }

  private postfix(): string {
    const { c } = this;
    return c.of([
      () => `::${c.of(TYPES)}`,
      () => `::${c.of(TYPES)}`,
      () => ` :: ${c.of(TYPES)}::text`,
      () => ' collate "C"',
      () => ' collate pg_catalog."default"',
    ])();
  }

  private step(depth: number): string {
    const { c } = this;
    const right = (): string => this.operand(depth - 1);
    switch (c.below(17)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return `${c.of([' ', ' ', ''])}${c.of(OPERATORS)} ${right()}`;
      case 4:
      case 5:
        return ` ${c.of(COMPARISONS)} ${right()}`;
      case 6:
      case 7:
        return ` ${this.words('and')} ${right()}`;
      case 8:
      case 9:
        return ` or ${right()}`;
      case 10:
        return ` ${c.of(['is null', 'is not null', 'isnull', 'notnull', 'is true', 'is not false', 'is unknown', 'IS NOT UNKNOWN'])}`;
      case 11:
        return ` is ${this.maybe(50, () => 'not ')}distinct from ${right()}`;
      case 12:
        return `${this.not()} between ${this.maybe(20, () => 'symmetric ')}${right()} and ${right()}`;
      case 13:
        return `${this.not()} in (${c.chance(60) ? this.list(3, () => this.expr(depth - 2)) : this.query(depth - 2)})`;
      case 14:
        return `${this.not()} ${c.of(['like', 'ilike', 'similar to', 'LIKE'])} ${right()}${this.maybe(25, () => ` escape ${right()}`)}`;
      case 15:
        return ` at time zone ${right()}`;
      default:
        return ` ${c.of([...COMPARISONS, '~', '||', 'like'])} ${c.of(['any', 'all', 'some'])} (${c.chance(50) ? this.expr(depth - 1) : this.query(depth - 2)})`;
    }
  }

  private not(): string {
    return this.maybe(40, () => ' not');
  }

  sortKeys(depth: number): string {
    return this.list(
      2,
      () =>
        `${this.expr(depth)}${this.maybe(40, () => this.c.of([' desc', ' asc', ' DESC']))}${this.maybe(25, () => this.c.of([' nulls first', ' nulls last']))}`,
    );
  }

  private selectItem(depth: number): string {
    if (this.c.chance(8)) return this.c.of(['*', 'a.*', 'public.a.*']);
    return this.expr(depth) + this.maybe(35, () => this.c.of([' as ', ' ', ' AS ']) + this.c.of(ALIASES));
  }

  from(depth: number): string {
    return this.list(2, () => this.joined(depth));
  }

  private relation(depth: number): string {
    const { c } = this;
    const alias = (): string => `${c.of([' ', ' as '])}${c.of(['u', 'v', '"T"', 'name'])}`;
    switch (c.below(depth <= 0 ? 6 : 10)) {
      case 6:
        return `${this.maybe(20, () => 'lateral ')}(${this.query(depth - 1)})${alias()}${this.maybe(30, () => '(p, "Q")')}`;
      case 7:
        return `${this.maybe(20, () => 'lateral ')}${c.of(['f', 'generate_series', 'public.g'])}(${this.list(2, () => this.expr(depth - 1))})${this.maybe(20, () => ' with ordinality')}${this.maybe(60, alias)}`;
      case 8:
        return `(${this.relation(depth - 1)} ${this.join()} ${this.relation(depth - 1)} on ${this.expr(depth - 1)})${this.maybe(30, alias)}`;
      default:
        return c.of(TABLES) + this.maybe(40, () => alias() + this.maybe(15, () => ' (m, n)'));
    }
  }

  private join(): string {
    return this.c.of([
      'join',
      'inner join',
      'left join',
      'left outer join',
      'right join',
      'full join',
      'FULL OUTER JOIN',
    ]);
  }

  private joined(depth: number): string {
    const { c } = this;
    let text = this.relation(depth);
    while (c.chance(30)) {
      const next = this.relation(depth);
      text += c.of([
        () => ` ${this.join()} ${next} on ${this.expr(depth - 1)}`,
        () => ` ${this.join()} ${next} using (${this.list(2, () => c.of(['k', '"K"', 'y']))})`,
        () => ` cross join ${next}`,
        () => ` join ${next} join ${this.relation(0)} on k = 1 on ${this.expr(depth - 1)}`,
        () => ` natural ${this.maybe(40, () => 'left ')}join ${next}`,
      ])();
    }
    return text;
  }

  private select(depth: number): string {
    const distinct = this.maybe(15, () =>
      this.c.of(['distinct ', 'all ', 'distinct on (k) ', `distinct on (${this.expr(depth)}, x) `]),
    );
    const items = this.maybe(98, () => this.list(3, () => this.selectItem(depth)));
    return [
      `${this.words('select')} ${distinct}${items}`,
      this.maybe(70, () => `from ${this.from(depth)}`),
      this.maybe(40, () => `where ${this.expr(depth)}`),
      this.maybe(20, () => `group by ${this.list(2, () => this.expr(depth))}`),
      this.maybe(12, () => `having ${this.expr(depth)}`),
      this.maybe(6, () => `window w as (partition by ${this.expr(depth)}), "V" as (w order by x)`),
    ]
      .filter((part) => part !== '')
      .join(this.c.of([' ', ' ', '\n', ' /* c */ ', ' -- c\n']));
  }

  private values(depth: number): string {
    return `values ${this.list(3, () => `(${this.list(2, () => this.expr(depth))})`)}`;
  }

  private body(depth: number): string {
    const { c } = this;
    const term = (): string =>
      c.chance(12) ? this.values(depth) : c.chance(15) ? `(${this.query(depth - 1)})` : this.select(depth);
    let text = term();
    while (c.chance(18))
      text += ` ${c.of(['union', 'union all', 'union distinct', 'intersect', 'intersect all', 'except', 'EXCEPT'])} ${term()}`;
    return text;
  }

  query(depth: number): string {
    const { c } = this;
    if (depth < -1) return 'select 1';
    const cte = (): string =>
      `${c.of(['q', 'r', '"Q"'])}${this.maybe(25, () => ' (m, n)')} as ${this.maybe(20, () => c.of(['materialized ', 'not materialized ']))}(${this.query(depth - 2)})`;
    return [
      this.maybe(depth > 0 ? 12 : 3, () => `with ${this.maybe(25, () => 'recursive ')}${this.list(2, cte)}`),
      this.body(depth),
      this.maybe(20, () => `order by ${this.sortKeys(depth)}`),
      this.maybe(15, () => `limit ${c.of(['10', 'all', '$1', 'null', this.expr(0)])}`),
      this.maybe(10, () => `offset ${c.of(['3', '$2', this.expr(0)])}`),
    ]
      .filter((part) => part !== '')
      .join(' ');
  }

  insert(depth: number): string {
    const { c } = this;
    const cell = (): string => (c.chance(15) ? 'default' : this.expr(depth - 1));
    const source = c.of([
      () => `values ${this.list(3, () => `(${this.list(3, cell)})`)}`,
      () => `values ${this.list(4, () => `(${this.list(4, () => this.literal())})`)}`,
      () => this.query(depth),
      () => `(${this.query(depth)})`,
      () => 'default values',
    ])();
    const columns = this.maybe(60, () => ` (${this.list(3, () => c.of(['k', 'x', '"K"', 'name', 'ts']))})`);
    return `${this.maybe(8, () => 'with q as (select 1) ')}insert into ${c.of(TABLES)}${this.maybe(15, () => ' as i')}${columns} ${source}${this.maybe(6, () => c.of([' returning k', ' on conflict do nothing']))}`;
  }

  createTable(depth: number): string {
    const { c } = this;
    const constraint = (): string =>
      c.of([
        ' not null',
        ' null',
        ` default ${this.expr(depth)}`,
        ` default (${this.expr(depth)}) not null`,
        ' default now()',
        ' primary key',
        ` generated always as (${this.expr(depth)}) stored`,
      ]);
    const column = (i: number): string =>
      `${c.of(['k', 'x', '"Mixed"', 'name', 'day'])}${i} ${c.of(TYPES)}${this.maybe(50, constraint)}${this.maybe(10, constraint)}`;
    const columns = Array.from({ length: c.below(4) }, (_, i) => column(i)).join(', ');
    return [
      `create table ${this.maybe(30, () => 'if not exists ')}${c.of(TABLES)} (${columns})`,
      this.maybe(
        20,
        () => `partition by ${c.of(['list', 'range', 'hash'])} (${this.list(2, () => c.of(['k', '"Mixed"']))})`,
      ),
      this.maybe(10, () => 'using delta'),
      this.maybe(20, () => `with (${c.of(["millrace.x = '5'", 'fillfactor = 70, y', 'a.b = on', 'n = -1.5'])})`),
    ]
      .filter((part) => part !== '')
      .join(' ');
  }

  session(depth: number): string {
    const { c } = this;
    return c.of([
      () =>
        `set ${this.maybe(30, () => c.of(['local ', 'session ']))}${c.of(['timezone', 'millrace.x', 'search_path', '"Odd"', 'work_mem'])} ${c.of(['=', 'to'])} ${c.of(["'UTC'", 'default', 'on', '5', '-1.5', 'a, "B", c', "'x', 2", 'true'])}`,
      () => `set time zone ${c.of(["'UTC'", 'local', 'default', '-3', '5.5', 'utc'])}`,
      () =>
        `set ${c.of(['transaction', 'session characteristics as transaction'])} ${c.of(['isolation level serializable', 'read only', 'isolation level repeatable read, read write', 'not deferrable'])}`,
      () => `show ${c.of(['all', 'timezone', 'time zone', 'millrace.rules', 'transaction isolation level', '"X"'])}`,
      () => `reset ${c.of(['all', 'timezone', 'time zone', 'a.b'])}`,
      () => `discard ${c.of(['all', 'plans', 'temp', 'temporary', 'sequences'])}`,
      () =>
        `${c.of(['begin', 'begin work', 'begin transaction', 'start transaction'])}${this.maybe(50, () => c.of([' read only', ' isolation level read committed, read write', ' deferrable']))}`,
      () =>
        `${c.of(['commit', 'end', 'rollback', 'abort'])}${this.maybe(30, () => c.of([' work', ' transaction']))}${this.maybe(20, () => c.of([' and chain', ' and no chain']))}`,
      () =>
        c.of([
          'checkpoint',
          'deallocate all',
          'deallocate p',
          'deallocate prepare p',
          'execute p',
          `execute p (${this.list(2, () => this.expr(depth))})`,
        ]),
      () => `call ${c.of(['flush', 's.g'])}(${this.maybe(70, () => this.list(2, () => this.expr(depth)))})`,
      () =>
        `prepare p${this.maybe(50, () => ` (${this.list(2, () => c.of(TYPES))})`)} as ${c.chance(50) ? this.query(depth) : this.insert(depth)}`,
      () =>
        `explain ${this.maybe(60, () => c.of(['(rules) ', "(rules 'all', analyze off) ", 'analyze ', 'analyze verbose ', 'verbose ', '(format json, costs 1) ']))}${c.chance(70) ? this.query(depth) : this.insert(depth)}`,
      () =>
        `drop table ${this.maybe(40, () => 'if exists ')}${this.list(3, () => c.of(TABLES))}${this.maybe(30, () => c.of([' cascade', ' restrict']))}`,
      () =>
        c.of([
          'update a set k = 1',
          'delete from a',
          'copy a from stdin',
          'vacuum',
          'savepoint s',
          'create index on a (k)',
          'alter table a add z int',
          'truncate a',
        ]),
    ])();
  }

  /** Integers and flags of the tables a, b and c, so that most of these can be bound. */
  private bindable(): string {
    const { c } = this;
    const number = (): string =>
      this.maybe(20, () => c.of(['-', '+', '- '])) +
      c.of(['a.k', 'a.x', 'b.k', 'b.y', '1', '2', '(a.x)', 'abs(a.k)', 'length(c.t)', 'c.k', "'7'::int"]);
    const sum = (): string =>
      Array.from({ length: 1 + c.below(4) }, number).join(` ${c.of(['+', '-', '*', '/', '%'])} `) +
      this.maybe(30, () => ` ${c.of(['+', '*', '-'])} ${number()}`);
    const test = (): string =>
      this.maybe(25, () => 'not ') +
      c.of([
        () => `${sum()} ${c.of(COMPARISONS)} ${sum()}`,
        () => `${sum()} between ${sum()} and ${sum()}`,
        () => `${sum()} in (${sum()}, ${sum()})`,
        () => `c.t || 'x' ${c.of(['like', 'not like', '='])} ${c.of(["'a%'", "c.t || '_'"])}`,
        () => `${sum()} is ${this.maybe(50, () => 'not ')}null`,
        () => `${sum()} is distinct from ${sum()}`,
      ])();
    const tests = (): string =>
      `${test()}${this.maybe(70, () => ` ${c.of(['and', 'or'])} ${test()}`)}${this.maybe(50, () => ` ${c.of(['and', 'or'])} ${test()}`)}`;
    return `select ${sum()} as n, ${tests()} from a, b, c where ${tests()}${this.maybe(30, () => ' order by 1 desc limit 3')}`;
  }

  statement(): string {
    const roll = this.c.below(20);
    if (roll < 12) return `select ${this.expr(1 + this.c.below(2))}`;
    if (roll < 16) return this.query(this.c.below(2));
    if (roll < 17) return this.insert(this.c.below(2));
    if (roll < 18) return this.createTable(0);
    return roll < 19 ? this.session(0) : this.bindable();
  }
}
