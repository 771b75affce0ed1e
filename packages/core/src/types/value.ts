/** An interval as PostgreSQL keeps it: three parts that do not convert into each other. */
export interface Interval {
  readonly months: number;
  readonly days: number;
  readonly micros: bigint;
}

/**
 * One value at an API's edge, in a literal or in a row-wise kernel. By type:
 *
 *   bool boolean | int2 int4 oid reg* float4 float8 number | int8 bigint | numeric string (canonical: `12.30`, `-0.5`, `NaN`, `Infinity`)
 *   text varchar bpchar name char json jsonb unknown string | bytea Uint8Array | date number (days since 1970)
 *   timestamp timestamptz bigint (microseconds since 1970) | interval Interval | uuid string (lower case, dashes) | array readonly Value[]
 *
 * jsonb is text in PostgreSQL's canonical form (keys ordered by length, then bytes; `{"a": 1, "b": [1, 2]}`).
 */
export type Value = null | boolean | number | bigint | string | Uint8Array | Interval | readonly Value[];
