import { castValue } from '../cast/cast-value.ts';
import { types } from '../types/data-type.ts';
import { defineScalarFunction, type FunctionDefinition } from './definition.ts';
import { safe } from './shorthand.ts';

const { text } = types;

/** PostgreSQL 15's key words that are not free to be names: what quote_ident puts in quotes. */
const KEYWORDS: ReadonlySet<string> = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char character check
   coalesce collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema
   current_time current_timestamp current_user dec decimal default deferrable desc distinct do else end except exists extract false fetch
   float for foreign freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect interval
   into is isnull join lateral leading least left like limit localtime localtimestamp national natural nchar none normalize not notnull
   null nullif numeric offset on only or order out outer overlaps overlay placing position precision primary real references returning
   right row select session_user setof similar smallint some substring symmetric table tablesample then time timestamp to trailing treat
   trim true union unique user using values varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists
   xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable`.split(/\s+/),
);

/** A name as it must be written in SQL. */
export function quoteIdentifier(name: string): string {
  if (/^[a-z_][a-z0-9_]*$/.test(name) && !KEYWORDS.has(name)) return name;
  return `"${name.replaceAll('"', '""')}"`;
}

/** A string literal of SQL; `E'...'` where there are backslashes. */
export function quoteLiteral(value: string): string {
  const quoted = `'${value.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return value.includes('\\') ? `E${quoted}` : quoted;
}

/** quote_literal and quote_nullable of other types: of the value's text. */
const ofAnything = (['quote_literal', 'quote_nullable'] as const).map((name) =>
  defineScalarFunction({
    name,
    args: ['anyelement'],
    returns: text,
    volatility: 'stable',
    strict: name === 'quote_literal',
    row: ([value], context, call) => {
      if (value === null || value === undefined) return 'NULL';
      return quoteLiteral(castValue(value, call.args[0]!, text, 'explicit', context) as string);
    },
  }),
);

/** quote_ident, quote_literal, quote_nullable. */
export const quoteFunctions: readonly FunctionDefinition[] = [
  ...ofAnything,
  safe<[string]>('quote_ident', ['text'], text, quoteIdentifier),
  safe<[string]>('quote_literal', ['text'], text, quoteLiteral),
  safe<[string | null]>('quote_nullable', ['text'], text, (value) => (value === null ? 'NULL' : quoteLiteral(value)), {
    strict: false,
  }),
];
