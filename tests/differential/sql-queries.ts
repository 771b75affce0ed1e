import type { Choices } from '@millrace/testkit';
import { type ExprScope, exprOf } from './sql-expressions.ts';
import { type Mood, SQL_TYPES, type SqlColumn, type SqlType, type SqlWorld } from './sql-world.ts';

/** A query, and how its answers are compared. */
export interface GeneratedQuery {
  readonly sql: string;
  /** Whether the rows come in one order only; else any order is right. */
  readonly isOrdered: boolean;
}

/** The FROM of a query: its text and what it offers. */
export interface Source {
  readonly sql: string;
  readonly columns: readonly SqlColumn[];
}

/** Makes queries over a world. Names are numbered, so a generator makes one query only. */
export class QueryGenerator {
  readonly #world: SqlWorld;
  readonly #mood: Mood;
  #names = 0;

  constructor(world: SqlWorld, mood: Mood) {
    this.#world = world;
    this.#mood = mood;
  }

  /** A query of any kind. */
  query(choices: Choices): GeneratedQuery {
    const { sql, columns } = this.#body(choices.part(), 0);
    if (!choices.chance(1, 2)) return { sql, isOrdered: false };
    const keys = columns.map((_, i) => `${i + 1}${choices.oneOf(['', ' desc', ' nulls first', ' desc nulls last'])}`);
    const limit = choices.chance(1, 2) ? ` limit ${choices.pick(5)}${choices.oneOf(['', ' offset 1'])}` : '';
    return { sql: `${sql} order by ${keys.join(', ')}${limit}`, isOrdered: true };
  }

  /**
   * An expression over one table: what is compared is what it answers, and how it fails. Which of several rows fails first is nobody's promise, so
   * there is also the same query of each row alone.
   */
  expression(choices: Choices): { readonly whole: GeneratedQuery; readonly byRow: readonly GeneratedQuery[] } {
    const table = choices.oneOf(this.#world.tables);
    const item = exprOf(choices.oneOf(SQL_TYPES), choices.part(), this.scope(table.columns, null));
    const query = (from: string): GeneratedQuery => ({ sql: `select ${item} from ${from}`, isOrdered: false });
    return {
      whole: query(table.name),
      byRow: table.rows.map((row) => {
        const cells = row.map((cell, i) => `${cell}::${table.columns[i]?.type}`);
        return query(`(values (${cells.join(', ')}) offset 0) r (${table.columns.map(({ sql }) => sql).join(', ')})`);
      }),
    };
  }

  /** Tables, joins and subqueries. */
  source(choices: Choices, depth = 0): Source {
    switch (depth < 2 ? choices.pick(6) : 0) {
      case 2:
      case 3:
      case 4:
        return this.#join(choices, depth);
      case 5: {
        const name = this.#name();
        const { sql, columns } = this.#body(choices.part(), depth + 1);
        return {
          sql: `(${sql}) ${name}`,
          columns: columns.map((column) => ({ ...column, sql: `${name}.${column.sql}` })),
        };
      }
      default:
        return this.#table(choices);
    }
  }

  /** What expressions over these columns may do; conditions may ask subqueries, correlated or not. */
  scope(columns: readonly SqlColumn[], depth: number | null): ExprScope {
    const condition =
      depth === null || depth > 1 ? null : (choices: Choices) => this.#condition(choices, columns, depth);
    return { columns, mood: this.#mood, condition };
  }

  #name(): string {
    return `r${++this.#names}`;
  }

  #table(choices: Choices): Source {
    const table = choices.oneOf(this.#world.tables);
    const name = this.#name();
    const columns = table.columns.map(({ sql, type }) => ({ sql: `${name}.${sql}`, type }));
    return { sql: `${table.name} ${name}`, columns };
  }

  #join(choices: Choices, depth: number): Source {
    const left = this.source(choices.part(), depth + 1);
    const right = this.source(choices.part(), depth + 1);
    const columns = [...left.columns, ...right.columns];
    const type = choices.oneOf(['join', 'left join', 'right join', 'full join', 'cross join'] as const);
    if (type === 'cross join') return { sql: `${left.sql} cross join ${right.sql}`, columns };
    const on = [this.#equality(choices, left, right)];
    // PostgreSQL has FULL JOIN on equalities only.
    if (type !== 'full join' && choices.chance(1, 2))
      on.push(exprOf('bool', choices.part(), this.scope(columns, null), 1));
    return { sql: `(${left.sql} ${type} ${right.sql} on ${on.join(' and ')})`, columns };
  }

  #equality(choices: Choices, left: Source, right: Source): string {
    const pairs = left.columns.flatMap((a) =>
      right.columns.filter((b) => b.type === a.type).map((b) => `${a.sql} = ${b.sql}`),
    );
    return pairs.length === 0 ? 'true = true' : choices.oneOf(pairs);
  }

  #condition(choices: Choices, outer: readonly SqlColumn[], depth: number): string {
    const inner = this.source(choices.part(), 2);
    const both = [...outer, ...inner.columns];
    const where = choices.chance(3, 4) ? ` where ${exprOf('bool', choices.part(), this.scope(both, null), 1)}` : '';
    const type = choices.oneOf(SQL_TYPES);
    const own = exprOf(type, choices.part(), this.scope(outer, null), 2);
    const item = exprOf(type, choices.part(), this.scope(inner.columns, null), 2);
    const rows = `select ${item} from ${inner.sql}${where}`;
    switch (choices.pick(6)) {
      case 0:
        return `exists (${rows})`;
      case 1:
        return `not exists (${rows})`;
      case 2:
        return `(${own} in (${rows}))`;
      case 3:
        return `(${own} not in (${rows}))`;
      case 4:
        return `(${own} ${choices.oneOf(['=', '<', '>='])} ${choices.oneOf(['any', 'all'])} (${rows}))`;
      default: {
        const count = `(select count(*) from ${inner.sql}${where})`;
        return depth > 1 ? `(${count} = 1)` : `(${count} > ${choices.pick(3)})`;
      }
    }
  }

  /** SELECT without ORDER BY, its columns named c1, c2 ... */
  #body(choices: Choices, depth: number): Source {
    switch (choices.pick(8)) {
      case 2:
      case 3:
        return this.#aggregate(choices, depth);
      case 4:
        return depth > 0 ? this.#plain(choices, depth) : this.#setOperation(choices, depth);
      case 5:
        return this.#window(choices, depth);
      case 6: {
        const name = this.#name();
        const inner = this.#body(choices.part(), depth + 1);
        if (depth > 0) return inner;
        const columns = inner.columns.map((column) => ({ ...column, sql: `${name}.${column.sql}` }));
        const scope = this.scope(columns, null);
        const { items, columns: named } = this.#items(choices, scope, 1 + choices.pick(2));
        return {
          sql: `with ${name} as (${inner.sql}) select ${items} from ${name} where ${exprOf('bool', choices.part(), scope)}`,
          columns: named,
        };
      }
      default:
        return this.#plain(choices, depth);
    }
  }

  #items(
    choices: Choices,
    scope: ExprScope,
    count: number,
  ): { readonly items: string; readonly columns: readonly SqlColumn[] } {
    const types = Array.from({ length: count }, () => choices.oneOf(SQL_TYPES));
    const items = types.map((type, i) => `${exprOf(type, choices.part(), scope, 1)} as c${i + 1}`);
    return { items: items.join(', '), columns: types.map((type, i) => ({ sql: `c${i + 1}`, type })) };
  }

  #where(choices: Choices, scope: ExprScope): string {
    return choices.chance(1, 2) ? ` where ${exprOf('bool', choices.part(), scope)}` : '';
  }

  #plain(choices: Choices, depth: number): Source {
    const source = this.source(choices.part(), depth);
    const scope = this.scope(source.columns, depth);
    const { items, columns } = this.#items(choices, scope, 1 + choices.pick(3));
    const distinct = choices.chance(1, 5) ? 'distinct ' : '';
    return { sql: `select ${distinct}${items} from ${source.sql}${this.#where(choices, scope)}`, columns };
  }

  #aggregate(choices: Choices, depth: number): Source {
    const source = this.source(choices.part(), depth);
    const scope = this.scope(source.columns, depth);
    const keys = Array.from({ length: choices.pick(3) }, () => choices.oneOf(source.columns));
    const calls = Array.from({ length: 1 + choices.pick(2) }, () => this.#call(choices.part(), scope));
    const named = [...keys.map(({ sql, type }) => ({ text: sql, type })), ...calls];
    const items = named.map(({ text }, i) => `${text} as c${i + 1}`).join(', ');
    const groupBy = keys.length === 0 ? '' : ` group by ${keys.map(({ sql }) => sql).join(', ')}`;
    const having = choices.chance(1, 4)
      ? ` having ${this.#call(choices.part(), scope).text} is ${choices.oneOf(['', 'not '])}null`
      : '';
    return {
      sql: `select ${items} from ${source.sql}${this.#where(choices, scope)}${groupBy}${having}`,
      columns: named.map(({ type }, i) => ({ sql: `c${i + 1}`, type })),
    };
  }

  #call(choices: Choices, scope: ExprScope): { readonly text: string; readonly type: SqlType } {
    const filter = choices.chance(1, 4) ? ` filter (where ${exprOf('bool', choices.part(), scope, 1)})` : '';
    const of = (type: SqlType): string => exprOf(type, choices.part(), scope, 2);
    const [text, type] = choices.oneOf<() => readonly [string, SqlType]>([
      () => ['count(*)', 'int8'],
      () => [`count(${of(choices.oneOf(SQL_TYPES))})`, 'int8'],
      () => [`count(distinct ${of(choices.oneOf(SQL_TYPES))})`, 'int8'],
      () => [`sum(${of('int4')})`, 'int8'],
      () => [`sum(${of('numeric(8,2)')})`, 'numeric(8,2)'],
      () => [`sum(${of('float8')})`, 'float8'],
      () => [`avg(${of('float8')})`, 'float8'],
      () => [`bool_or(${of('bool')})`, 'bool'],
      () => [`bool_and(${of('bool')})`, 'bool'],
      () => {
        const type = choices.oneOf(SQL_TYPES.filter((each) => each !== 'bool'));
        return [`${choices.oneOf(['min', 'max'])}(${of(type)})`, type];
      },
    ])();
    // SUM of numeric(8,2) has no scale of its own; whoever reads the column may count on two digits.
    return { text: type === 'numeric(8,2)' ? `(${text}${filter})::numeric(8,2)` : `${text}${filter}`, type };
  }

  #window(choices: Choices, depth: number): Source {
    const source = this.source(choices.part(), depth);
    const scope = this.scope(source.columns, null);
    const key = choices.oneOf(source.columns).sql;
    const total = source.columns.map(({ sql }) => sql).join(', ');
    const partition = choices.chance(1, 2) ? `partition by ${key} ` : '';
    const frame = choices.oneOf([
      '',
      ' rows between 1 preceding and current row',
      ' rows between current row and unbounded following',
    ]);
    const [text, type] = choices.oneOf<() => readonly [string, SqlType]>([
      () => [`row_number() over (${partition}order by ${total})`, 'int8'],
      () => [`rank() over (${partition}order by ${choices.oneOf(source.columns).sql})`, 'int8'],
      () => [`dense_rank() over (${partition}order by ${choices.oneOf(source.columns).sql} desc)`, 'int8'],
      () => [`count(*) over (${partition}order by ${total}${frame})`, 'int8'],
      () => [`sum(${exprOf('int4', choices.part(), scope, 2)}) over (${partition}order by ${total}${frame})`, 'int8'],
      () => [`max(${exprOf('text', choices.part(), scope, 2)}) over (${partition}order by ${total}${frame})`, 'text'],
      () => [`lag(${exprOf('int4', choices.part(), scope, 2)}) over (${partition}order by ${total})`, 'int4'],
      () => [`count(*) over (partition by ${key})`, 'int8'],
    ])();
    const { items, columns } = this.#items(choices, scope, 1);
    return {
      sql: `select ${items}, ${text} as c2 from ${source.sql}${this.#where(choices, this.scope(source.columns, depth))}`,
      columns: [...columns, { sql: 'c2', type }],
    };
  }

  #setOperation(choices: Choices, depth: number): Source {
    const types = Array.from({ length: 1 + choices.pick(2) }, () => choices.oneOf(SQL_TYPES));
    const side = (): string => {
      const part = choices.part();
      const source = this.source(part.part(), depth + 1);
      const scope = this.scope(source.columns, depth + 1);
      const items = types.map((type, i) => `${exprOf(type, part.part(), scope, 1)} as c${i + 1}`);
      return `select ${items.join(', ')} from ${source.sql}${this.#where(part, scope)}`;
    };
    const verb = choices.oneOf(['union all', 'union', 'intersect', 'except']);
    return { sql: `${side()} ${verb} ${side()}`, columns: types.map((type, i) => ({ sql: `c${i + 1}`, type })) };
  }
}
