/**
 * Our own syntax tree: what every SqlFrontend produces and the binder reads. It keeps what SQL text means (quotedness is already
 * folded into the names, literal text is exact), nothing about a parser. `at` is the 0-based offset in characters of the statement's text, for error positions.
 * Trees are plain readonly data; characters are Unicode code points, as in PostgreSQL's messages.
 */
export interface At {
  readonly at: number | null;
}
/** `schema.table` or `table`; a database prefix is checked by the front end's caller. */
export interface AstName extends At {
  readonly parts: readonly string[];
}
/** A type as it was written. */
export interface AstTypeName extends At {
  /** Lower-cased, without `pg_catalog.`: `int4`, `timestamptz`, `varchar`, `regclass`, `numeric` ...; a user spelling such as `integer` is already PostgreSQL's internal name. */
  readonly name: string;
  readonly schema: string | null;
  readonly modifiers: readonly number[];
  /** Number of `[]`. */
  readonly arrayDimensions: number;
}

/** An expression; names are not resolved. */
export type AstExpr =
  | ({ readonly kind: 'column'; readonly parts: readonly string[] } & At)
  /** `*` or `t.*` in a select list or count(*). */
  | ({ readonly kind: 'star'; readonly qualifier: readonly string[] } & At)
  /** number: exact digits as written (`1`, `1.50`, `1e3`); string: unescaped. */
  | ({
      readonly kind: 'literal';
      readonly literal: 'number' | 'string' | 'bool' | 'null' | 'bits';
      readonly text: string;
    } & At)
  | ({ readonly kind: 'parameter'; readonly index: number } & At)
  /** Operators by symbol: `+ - * / % ^ = <> < <= > >= || -> ->> @> ~ ~* !~ !~* ~~ (LIKE) ~~* (ILIKE) !~~ !~~*`...; left null = prefix. Schema of OPERATOR(pg_catalog.~) is dropped if pg_catalog. */
  | ({ readonly kind: 'operator'; readonly op: string; readonly left: AstExpr | null; readonly right: AstExpr } & At)
  | ({ readonly kind: 'and' | 'or'; readonly operands: readonly AstExpr[] } & At)
  | ({ readonly kind: 'not'; readonly operand: AstExpr } & At)
  | ({ readonly kind: 'is-null'; readonly operand: AstExpr; readonly negated: boolean } & At)
  | ({
      readonly kind: 'is-bool';
      readonly operand: AstExpr;
      readonly value: 'true' | 'false' | 'unknown';
      readonly negated: boolean;
    } & At)
  | ({ readonly kind: 'is-distinct'; readonly left: AstExpr; readonly right: AstExpr; readonly negated: boolean } & At)
  | ({
      readonly kind: 'between';
      readonly operand: AstExpr;
      readonly low: AstExpr;
      readonly high: AstExpr;
      readonly negated: boolean;
      readonly symmetric: boolean;
    } & At)
  | ({
      readonly kind: 'in';
      readonly operand: AstExpr;
      readonly items: readonly AstExpr[];
      readonly negated: boolean;
    } & At)
  | ({ readonly kind: 'cast'; readonly operand: AstExpr; readonly type: AstTypeName } & At)
  | ({
      readonly kind: 'case';
      readonly operand: AstExpr | null;
      readonly branches: readonly { readonly when: AstExpr; readonly then: AstExpr }[];
      readonly otherwise: AstExpr | null;
    } & At)
  | ({
      readonly kind: 'call';
      readonly name: readonly string[];
      readonly args: readonly AstExpr[];
      readonly isStar: boolean;
      readonly isDistinct: boolean;
      readonly isVariadic: boolean;
      readonly orderBy: readonly AstSortKey[];
      readonly filter: AstExpr | null;
      /** OVER; null without. */
      readonly over: AstWindow | null;
      readonly withinGroup: boolean;
      /** Names of `f(a => 1)` arguments, null where positional. */
      readonly argNames: readonly (string | null)[];
    } & At)
  | ({ readonly kind: 'coalesce'; readonly args: readonly AstExpr[] } & At)
  | ({ readonly kind: 'nullif'; readonly left: AstExpr; readonly right: AstExpr } & At)
  | ({ readonly kind: 'min-max'; readonly greatest: boolean; readonly args: readonly AstExpr[] } & At)
  | ({ readonly kind: 'array'; readonly items: readonly AstExpr[] } & At)
  | ({ readonly kind: 'row'; readonly items: readonly AstExpr[] } & At)
  /** `a[1]`; slices `a[1:2]` have upper. */
  | ({
      readonly kind: 'subscript';
      readonly operand: AstExpr;
      readonly index: AstExpr | null;
      readonly upper: AstExpr | null;
      readonly isSlice: boolean;
    } & At)
  | ({
      readonly kind: 'quantified';
      readonly op: string;
      readonly quantifier: 'any' | 'all';
      readonly left: AstExpr;
      readonly right: AstExpr;
    } & At)
  /** current_date, current_timestamp, current_user, current_schema, session_user, localtimestamp, current_catalog ... in lower case. */
  | ({ readonly kind: 'sql-value'; readonly name: string } & At)
  | ({ readonly kind: 'collate'; readonly operand: AstExpr; readonly collation: readonly string[] } & At)
  /** `(expr).field`: refused by the binder except `.*`-free catalog uses. */
  | ({ readonly kind: 'field'; readonly operand: AstExpr; readonly name: string } & At)
  | ({ readonly kind: 'scalar-subquery' | 'array-subquery' | 'exists'; readonly query: AstQuery } & At)
  /** `left op ANY|ALL (query)`; IN is op `=` any; `negated` for NOT IN. left may be a row. */
  | ({
      readonly kind: 'subquery-compare';
      readonly op: string;
      readonly quantifier: 'any' | 'all';
      readonly left: AstExpr;
      readonly query: AstQuery;
      readonly negated: boolean;
    } & At)
  /** DEFAULT as a cell of VALUES. */
  | ({ readonly kind: 'default' } & At);

/** An item of ORDER BY. */
export interface AstSortKey extends At {
  readonly expr: AstExpr;
  readonly descending: boolean;
  /** null = PostgreSQL's default (last when ascending, first when descending). */
  readonly nullsFirst: boolean | null;
}
/** What stands after OVER, or a name's definition in WINDOW. */
export interface AstWindow extends At {
  /** `OVER name`: that window as it is, and nothing else; null for a window of its own. */
  readonly name: string | null;
  /** `(name ...)`: the window that this one copies; null without. */
  readonly base: string | null;
  readonly partitionBy: readonly AstExpr[];
  readonly orderBy: readonly AstSortKey[];
  /** null = not written. */
  readonly frame: AstFrame | null;
}
/** ROWS, RANGE or GROUPS with both ends (`ROWS 1 PRECEDING` ends at the current row). Ends that never fit together are refused by the parser. */
export interface AstFrame {
  readonly mode: 'rows' | 'range' | 'groups';
  readonly start: AstFrameBound;
  readonly end: AstFrameBound;
  readonly exclude: 'nothing' | 'current-row' | 'group' | 'ties';
}
/** One end of a frame. */
export type AstFrameBound =
  | { readonly kind: 'unbounded-preceding' | 'current-row' | 'unbounded-following' }
  | { readonly kind: 'preceding' | 'following'; readonly offset: AstExpr };
/** An item of WINDOW. */
export interface AstNamedWindow extends At {
  readonly name: string;
  readonly window: AstWindow;
}
/** An item of a select list or RETURNING. */
export interface AstSelectItem extends At {
  readonly expr: AstExpr;
  readonly alias: string | null;
}
/** An item of WITH. */
export interface AstCte extends At {
  readonly name: string;
  readonly columnNames: readonly string[];
  readonly statement: AstStatement;
  readonly materialized: boolean | null;
}
/** A query expression: body plus what may stand around it. */
export interface AstQuery extends At {
  readonly with: readonly AstCte[];
  readonly isRecursive: boolean;
  readonly body: AstQueryBody;
  readonly orderBy: readonly AstSortKey[];
  readonly limit: AstExpr | null;
  readonly offset: AstExpr | null;
  /** FETCH FIRST n ROWS WITH TIES. */
  readonly withTies: boolean;
  /** FOR UPDATE and the like, as text; null without. */
  readonly locking: string | null;
}
/** SELECT, VALUES or a set operation. */
export type AstQueryBody =
  | ({
      readonly kind: 'select';
      readonly isDistinct: boolean;
      readonly distinctOn: readonly AstExpr[];
      readonly items: readonly AstSelectItem[];
      readonly from: readonly AstFrom[];
      readonly where: AstExpr | null;
      readonly groupBy: readonly AstExpr[];
      /** ROLLUP, CUBE, GROUPING SETS: the word, else null. */
      readonly groupingSets: string | null;
      readonly having: AstExpr | null;
      /** The WINDOW clause. */
      readonly windows: readonly AstNamedWindow[];
      /** SELECT ... INTO, GROUP BY DISTINCT: the words, refused. */
      readonly unsupported: readonly string[];
    } & At)
  | ({ readonly kind: 'values'; readonly rows: readonly (readonly AstExpr[])[] } & At)
  | ({
      readonly kind: 'set-operation';
      readonly op: 'union' | 'intersect' | 'except';
      readonly all: boolean;
      readonly left: AstQuery;
      readonly right: AstQuery;
    } & At);

/** `AS name (columns)`. */
export interface AstAlias {
  readonly name: string;
  readonly columnNames: readonly string[];
}
/** An item of FROM. */
export type AstFrom =
  | ({ readonly kind: 'table'; readonly name: AstName; readonly alias: AstAlias | null; readonly sample: boolean } & At)
  | ({
      readonly kind: 'subquery';
      readonly query: AstQuery;
      readonly alias: AstAlias | null;
      readonly lateral: boolean;
    } & At)
  | ({
      readonly kind: 'function';
      readonly call: AstExpr;
      readonly alias: AstAlias | null;
      readonly withOrdinality: boolean;
      readonly lateral: boolean;
      readonly hasColumnDefinitions: boolean;
    } & At)
  | ({
      readonly kind: 'join';
      readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross';
      readonly left: AstFrom;
      readonly right: AstFrom;
      readonly on: AstExpr | null;
      readonly using: readonly string[] | null;
      readonly natural: boolean;
      readonly alias: AstAlias | null;
    } & At);

/** A column of CREATE TABLE. */
export interface AstColumnDefinition extends At {
  readonly name: string;
  readonly type: AstTypeName;
  readonly notNull: boolean;
  readonly default: AstExpr | null;
  /** GENERATED ALWAYS AS (...) STORED. */
  readonly generated: AstExpr | null;
  /** Constraints that are refused, by their words: `PRIMARY KEY`, `UNIQUE`, `CHECK`, `REFERENCES`, `GENERATED ... AS IDENTITY`, `COLLATE`. */
  readonly unsupported: readonly string[];
}
/** An item of WITH (...): `namespace.name = value`. */
export interface AstOption {
  readonly namespace: string | null;
  readonly name: string;
  readonly value: string | null;
}

/** An option of COPY as it was written: `name`, `name value`, `name (a, b)` or `name *`. */
export interface AstCopyOption extends At {
  readonly name: string;
  readonly kind: 'none' | 'value' | 'columns' | 'all';
  /** Of kind `value`. */
  readonly value: string;
  /** Of kind `columns`. */
  readonly columns: readonly string[];
}

/** A statement. What is parsed and not supported keeps its name, for a message that says so. */
export type AstStatement =
  | ({ readonly kind: 'query'; readonly query: AstQuery } & At)
  | ({
      readonly kind: 'insert';
      readonly table: AstName;
      readonly alias: string | null;
      /** null = all columns in order. */
      readonly columns: readonly (At & { readonly name: string })[] | null;
      /** null = DEFAULT VALUES. */
      readonly source: AstQuery | null;
      readonly with: readonly AstCte[];
      /** Absent without RETURNING. */
      readonly returning?: readonly AstSelectItem[];
      /** ON CONFLICT, OVERRIDING: words, refused. */
      readonly unsupported: readonly string[];
    } & At)
  | ({
      readonly kind: 'create-table';
      readonly name: AstName;
      readonly ifNotExists: boolean;
      readonly columns: readonly AstColumnDefinition[];
      readonly partitionBy: { readonly strategy: string; readonly columns: readonly string[] } | null;
      readonly options: readonly AstOption[];
      /** TEMP, UNLOGGED, INHERITS, LIKE, table constraints, AS ...: words, refused. */
      readonly unsupported: readonly string[];
    } & At)
  | ({
      readonly kind: 'drop-table';
      readonly names: readonly AstName[];
      readonly ifExists: boolean;
      readonly cascade: boolean;
    } & At)
  | ({ readonly kind: 'explain'; readonly options: readonly AstOption[]; readonly statement: AstStatement } & At)
  | ({
      readonly kind: 'set';
      readonly name: string;
      readonly values: readonly string[] | null;
      readonly isLocal: boolean;
    } & At)
  | ({ readonly kind: 'show'; readonly name: string } & At)
  | ({ readonly kind: 'reset'; readonly name: string | null } & At)
  | ({
      readonly kind: 'transaction';
      /** START TRANSACTION is BEGIN under another command tag. */
      readonly action: 'begin' | 'start' | 'commit' | 'rollback';
      readonly isolation: string | null;
      readonly readOnly: boolean | null;
      readonly chain: boolean;
    } & At)
  /** SET TRANSACTION | SET SESSION CHARACTERISTICS. */
  | ({
      readonly kind: 'set-transaction';
      readonly isSession: boolean;
      readonly isolation: string | null;
      readonly readOnly: boolean | null;
    } & At)
  | ({ readonly kind: 'checkpoint' } & At)
  | ({
      readonly kind: 'call';
      readonly name: readonly string[];
      readonly args: readonly AstExpr[];
      readonly argNames: readonly (string | null)[];
    } & At)
  | ({
      readonly kind: 'prepare';
      readonly name: string;
      readonly parameterTypes: readonly AstTypeName[];
      readonly statement: AstStatement;
      readonly sql: string;
    } & At)
  | ({ readonly kind: 'execute'; readonly name: string; readonly args: readonly AstExpr[] } & At)
  | ({ readonly kind: 'deallocate'; readonly name: string | null } & At)
  | ({ readonly kind: 'discard'; readonly what: string } & At)
  /** COPY ... TO. Either `table`, with or without a list of columns, or `query`. */
  | ({
      readonly kind: 'copy-to';
      readonly table: AstName | null;
      readonly columns: readonly string[] | null;
      readonly query: AstQuery | null;
      readonly target: 'client' | 'file' | 'program';
      readonly options: readonly AstCopyOption[];
    } & At)
  /** COPY ... FROM. */
  | ({
      readonly kind: 'copy-from';
      readonly table: AstName;
      readonly columns: readonly string[] | null;
      readonly source: 'client' | 'file' | 'program';
      readonly options: readonly AstCopyOption[];
      readonly hasWhere: boolean;
    } & At)
  /** Anything PostgreSQL's grammar knows and millrace does not run yet: `UPDATE`, `DELETE`, `MERGE`, `COPY`, `VACUUM`, `CREATE INDEX` ... by its name. */
  | ({ readonly kind: 'unsupported'; readonly feature: string } & At);

/** One statement of a text, with its own slice of it. */
export interface ParsedStatement {
  readonly statement: AstStatement;
  /** The statement's text, without the semicolon and surrounding space. */
  readonly sql: string;
  /** Where it starts in the whole text, in characters; added to positions of errors. */
  readonly offset: number;
  /** The highest $n; 0 for none. */
  readonly parameterCount: number;
}

/**
 * Turns SQL text into our tree. Law: throws 42601 with a position, 54001 for deep nesting, 22021 for NUL, 54000 for too long a text, 0A000
 * (with a position) for syntax that the tree has no place for; never another error. Positions of a throw count from the start of the whole text.
 */
export interface SqlFrontend {
  readonly name: string;
  /** Loads what it needs (WASM); called once before `parse`. */
  load(): Promise<void>;
  /** The statements of a text, possibly none. */
  parse(sql: string): readonly ParsedStatement[];
}
