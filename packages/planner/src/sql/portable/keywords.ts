const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** PostgreSQL's reserved words: no name of a column, table, function or type unless quoted (appendix C of its manual). */
const RESERVED = words(`
  all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create current_catalog
  current_date current_role current_time current_timestamp current_user default deferrable desc distinct do else end except false
  fetch for foreign from grant group having in initially intersect into lateral leading limit localtime localtimestamp not null
  offset on only or order placing primary references returning select session_user some symmetric system_user table then to
  trailing true union unique user using variadic when where window with`);
/** Words that may name a function or a type, but no column or table. */
const FUNCTION_OR_TYPE_ONLY = words(`
  authorization binary collation concurrently cross current_schema freeze full ilike inner is isnull join left like natural notnull
  outer overlaps right similar tablesample verbose`);
/** Words that may name a column or table, but no function or type: they have syntax of their own when a parenthesis follows. */
const COLUMN_ONLY = words(`
  between bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping inout int integer interval
  json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value
  least merge_action national nchar none normalize nullif numeric out overlay position precision real row setof smallint substring
  time timestamp treat trim values varchar xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot
  xmlserialize xmltable`);
/** Words that need AS before them as a label of a select list; all others that are not reserved do without. */
const NEEDS_AS = words(`
  array char character create day except fetch filter for from grant group having hour intersect into isnull limit minute month
  notnull offset on order over overlaps precision returning second to union varying where window with within without year`);

/** Whether a word, unquoted, can be a column or a table (`ColId` of the grammar). */
export function canNameColumn(word: string): boolean {
  return !RESERVED.has(word) && !FUNCTION_OR_TYPE_ONLY.has(word);
}

/** Whether a word, unquoted, can be a function or a type (`type_function_name`). */
export function canNameFunction(word: string): boolean {
  return !RESERVED.has(word) && !COLUMN_ONLY.has(word);
}

/** Whether a word, unquoted and without AS, can be the label of a select item. Reserved words that PostgreSQL would take too are left out. */
export function canBeBareLabel(word: string): boolean {
  return !RESERVED.has(word) && !NEEDS_AS.has(word) && !FUNCTION_OR_TYPE_ONLY.has(word);
}

/**
 * Whether a word that has a meaning between operands can be a label all the same, where nothing that it could belong to follows: `SELECT 1 LIKE`.
 */
export function canBeLastLabel(word: string): boolean {
  return !NEEDS_AS.has(word);
}

/** Whether the grammar gives a word a meaning of its own everywhere. */
export function isReserved(word: string): boolean {
  return RESERVED.has(word);
}
