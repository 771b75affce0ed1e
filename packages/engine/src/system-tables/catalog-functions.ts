import {
  type ArgumentType,
  type DataType,
  defineScalarFunction,
  type EvaluationContext,
  type FunctionDefinition,
  formatType,
  typeFromOid,
  types,
  type Value,
} from '@millrace/core';

/** A stable, strict function of pg_catalog that cannot fail. */
function catalogFunction(
  name: string,
  args: readonly ArgumentType[],
  returns: DataType,
  row: (args: readonly Value[], context: EvaluationContext) => Value,
): FunctionDefinition {
  return defineScalarFunction({ name, args, returns, volatility: 'stable', mayFail: false, row });
}

/** Asks the session's catalog; nothing known is NULL. */
function ask(question: string): (args: readonly Value[], context: EvaluationContext) => Value {
  return ([argument = null], context) => context.session.catalog(question, argument) ?? null;
}

const nothing = (): Value => null;

/** Kinds of objects that do not exist here have no definitions, comments or sizes: NULL, as PostgreSQL answers for an unknown OID. */
const ABSENT: readonly (readonly [name: string, args: readonly ArgumentType[]])[] = [
  ['obj_description', ['oid', 'name']],
  ['obj_description', ['oid']],
  ['col_description', ['oid', 'int4']],
  ['shobj_description', ['oid', 'name']],
  ['pg_get_constraintdef', ['oid']],
  ['pg_get_constraintdef', ['oid', 'bool']],
  ['pg_get_indexdef', ['oid']],
  ['pg_get_indexdef', ['oid', 'int4', 'bool']],
  ['pg_get_triggerdef', ['oid']],
  ['pg_get_triggerdef', ['oid', 'bool']],
  ['pg_get_viewdef', ['oid']],
  ['pg_get_viewdef', ['oid', 'bool']],
  ['pg_get_ruledef', ['oid']],
  ['pg_get_ruledef', ['oid', 'bool']],
  ['pg_get_serial_sequence', ['text', 'text']],
  ['pg_get_statisticsobjdef', ['oid']],
  ['pg_get_statisticsobjdef_columns', ['oid']],
  ['pg_tablespace_location', ['oid']],
];

/** Sizes are in the object store's listing and not in the catalog: unknown, which clients show as nothing. */
const SIZES: readonly (readonly [name: string, args: readonly ArgumentType[]])[] = [
  ['pg_table_size', ['regclass']],
  ['pg_relation_size', ['regclass']],
  ['pg_relation_size', ['regclass', 'text']],
  ['pg_total_relation_size', ['regclass']],
  ['pg_indexes_size', ['regclass']],
  ['pg_database_size', ['oid']],
  ['pg_database_size', ['name']],
  ['pg_tablespace_size', ['oid']],
  ['pg_tablespace_size', ['name']],
];

/** Kinds of objects of which there are none to be seen. */
const INVISIBLE: readonly string[] = [
  'pg_operator_is_visible',
  'pg_opclass_is_visible',
  'pg_opfamily_is_visible',
  'pg_conversion_is_visible',
  'pg_statistics_obj_is_visible',
  'pg_ts_config_is_visible',
  'pg_ts_dict_is_visible',
  'pg_ts_parser_is_visible',
  'pg_ts_template_is_visible',
];

/** Whoever is connected owns everything. */
const PRIVILEGES: readonly (readonly [name: string, object: ArgumentType])[] = [
  ['has_table_privilege', 'oid'],
  ['has_table_privilege', 'text'],
  ['has_schema_privilege', 'oid'],
  ['has_schema_privilege', 'text'],
  ['has_database_privilege', 'oid'],
  ['has_database_privilege', 'text'],
  ['has_function_privilege', 'oid'],
  ['has_function_privilege', 'text'],
  ['has_type_privilege', 'oid'],
  ['has_sequence_privilege', 'oid'],
];

/** What clients call on pg_catalog's OIDs. They are ordinary functions; the catalog answers through `SessionFacts.catalog`. */
export const CATALOG_FUNCTIONS: readonly FunctionDefinition[] = Object.freeze([
  defineScalarFunction({
    name: 'format_type',
    args: ['oid', 'int4'],
    returns: types.text,
    volatility: 'stable',
    strict: false,
    mayFail: false,
    row: ([oid, typmod]) => (oid === null ? null : formatTypeOid(Number(oid), typmod === null ? -1 : Number(typmod))),
  }),
  catalogFunction('pg_get_expr', ['text', 'oid'], types.text, ([text = null]) => text),
  catalogFunction('pg_get_expr', ['text', 'oid', 'bool'], types.text, ([text = null]) => text),
  catalogFunction('pg_get_userbyid', ['oid'], types.name, (_, context) => context.session.user),
  catalogFunction('pg_get_partkeydef', ['oid'], types.text, ask('partition-key')),
  catalogFunction('pg_table_is_visible', ['oid'], types.bool, ask('table-is-visible')),
  catalogFunction('pg_type_is_visible', ['oid'], types.bool, ([oid]) =>
    typeFromOid(Number(oid)) === undefined ? null : true,
  ),
  catalogFunction('pg_function_is_visible', ['oid'], types.bool, () => true),
  catalogFunction('pg_collation_is_visible', ['oid'], types.bool, () => true),
  catalogFunction('pg_relation_is_publishable', ['regclass'], types.bool, ask('is-user-table')),
  catalogFunction('pg_get_function_result', ['oid'], types.text, nothing),
  catalogFunction('pg_get_function_arguments', ['oid'], types.text, nothing),
  catalogFunction('pg_get_function_identity_arguments', ['oid'], types.text, nothing),
  catalogFunction('pg_encoding_to_char', ['int4'], types.name, ([encoding]) => (encoding === 6 ? 'UTF8' : '')),
  catalogFunction('pg_char_to_encoding', ['name'], types.int4, ([name]) => (/^utf-?8$/i.test(String(name)) ? 6 : -1)),
  catalogFunction('pg_is_in_recovery', [], types.bool, () => false),
  catalogFunction('to_regclass', ['text'], types.regclass, ask('regclass')),
  catalogFunction('pg_my_temp_schema', [], types.oid, () => 0),
  catalogFunction('pg_is_other_temp_schema', ['oid'], types.bool, () => false),
  catalogFunction('pg_size_pretty', ['int8'], types.text, ([bytes]) => prettySize(BigInt(bytes as bigint))),
  ...ABSENT.map(([name, args]) => catalogFunction(name, args, types.text, nothing)),
  ...SIZES.map(([name, args]) => catalogFunction(name, args, types.int8, nothing)),
  ...INVISIBLE.map((name) => catalogFunction(name, ['oid'], types.bool, nothing)),
  ...PRIVILEGES.flatMap(([name, object]) => [
    catalogFunction(name, [object, 'text'], types.bool, () => true),
    catalogFunction(name, ['name', object, 'text'], types.bool, () => true),
  ]),
]);

/** `10 kB`: the largest unit that still needs fewer than six digits, halves rounded away from zero (PostgreSQL 15, 9.27.7). */
function prettySize(bytes: bigint): string {
  const isNegative = bytes < 0n;
  let size = isNegative ? -bytes : bytes;
  if (size < 10_240n) return `${bytes} bytes`;
  // One bit more than the unit, so that its half can be rounded.
  size >>= 9n;
  for (const unit of ['kB', 'MB', 'GB', 'TB', 'PB']) {
    if (size < 20_479n || unit === 'PB') return `${isNegative ? '-' : ''}${(size + 1n) / 2n} ${unit}`;
    size >>= 10n;
  }
  return `${bytes} bytes`;
}

/** `format_type(oid, typmod)`: `numeric(10,2)`, `character varying(5)`; `???` for an OID that is no type. */
function formatTypeOid(oid: number, typmod: number): string {
  const type = typeFromOid(oid);
  if (type === undefined) return oid === 0 ? '-' : '???';
  return formatType(withTypmod(type, typmod));
}

/** Applies PostgreSQL's typmod encoding: length + 4, numeric ((precision << 16) | scale) + 4. */
function withTypmod(type: DataType, typmod: number): DataType {
  if (typmod < 4) return type;
  switch (type.kind) {
    case 'varchar':
    case 'bpchar':
      return { kind: type.kind, length: typmod - 4 };
    case 'numeric':
      return { kind: 'numeric', precision: ((typmod - 4) >> 16) & 0xffff, scale: (typmod - 4) & 0x7ff };
    case 'array':
      return { kind: 'array', item: withTypmod(type.item, typmod) };
    default:
      return type;
  }
}
