import type { RelationShape } from './relation-shape.ts';

/** The relations of information_schema that clients read: OID, name, and columns with their types as PostgreSQL 15 has them (types without a counterpart as text). */
export const INFORMATION_SCHEMA_RELATIONS: readonly RelationShape[] = Object.freeze([
  {
    oid: 13260,
    name: 'check_constraints',
    columns: 'constraint_catalog text, constraint_schema text, constraint_name text, check_clause text',
  },
  {
    oid: 13295,
    name: 'columns',
    columns:
      'table_catalog text, table_schema text, table_name text, column_name text, ordinal_position int4, column_default text, is_nullable text, data_type text, character_maximum_length int4, character_octet_length int4, numeric_precision int4, numeric_precision_radix int4, numeric_scale int4, datetime_precision int4, interval_type text, interval_precision int4, character_set_catalog text, character_set_schema text, character_set_name text, collation_catalog text, collation_schema text, collation_name text, domain_catalog text, domain_schema text, domain_name text, udt_catalog text, udt_schema text, udt_name text, scope_catalog text, scope_schema text, scope_name text, maximum_cardinality int4, dtd_identifier text, is_self_referencing text, is_identity text, identity_generation text, identity_start text, identity_increment text, identity_maximum text, identity_minimum text, identity_cycle text, is_generated text, generation_expression text, is_updatable text',
  },
  {
    oid: 13300,
    name: 'constraint_column_usage',
    columns:
      'table_catalog text, table_schema text, table_name text, column_name text, constraint_catalog text, constraint_schema text, constraint_name text',
  },
  { oid: 13325, name: 'enabled_roles', columns: 'role_name text' },
  {
    oid: 13329,
    name: 'key_column_usage',
    columns:
      'constraint_catalog text, constraint_schema text, constraint_name text, table_catalog text, table_schema text, table_name text, column_name text, ordinal_position int4, position_in_unique_constraint int4',
  },
  {
    oid: 13339,
    name: 'referential_constraints',
    columns:
      'constraint_catalog text, constraint_schema text, constraint_name text, unique_constraint_catalog text, unique_constraint_schema text, unique_constraint_name text, match_option text, update_rule text, delete_rule text',
  },
  {
    oid: 13382,
    name: 'schemata',
    columns:
      'catalog_name text, schema_name text, schema_owner text, default_character_set_catalog text, default_character_set_schema text, default_character_set_name text, sql_path text',
  },
  {
    oid: 13386,
    name: 'sequences',
    columns:
      'sequence_catalog text, sequence_schema text, sequence_name text, data_type text, numeric_precision int4, numeric_precision_radix int4, numeric_scale int4, start_value text, minimum_value text, maximum_value text, increment text, cycle_option text',
  },
  {
    oid: 13411,
    name: 'table_constraints',
    columns:
      'constraint_catalog text, constraint_schema text, constraint_name text, table_catalog text, table_schema text, table_name text, constraint_type text, is_deferrable text, initially_deferred text, enforced text, nulls_distinct text',
  },
  {
    oid: 13425,
    name: 'tables',
    columns:
      'table_catalog text, table_schema text, table_name text, table_type text, self_referencing_column_name text, reference_generation text, user_defined_type_catalog text, user_defined_type_schema text, user_defined_type_name text, is_insertable_into text, is_typed text, commit_action text',
  },
  {
    oid: 13483,
    name: 'views',
    columns:
      'table_catalog text, table_schema text, table_name text, view_definition text, check_option text, is_updatable text, is_insertable_into text, is_trigger_updatable text, is_trigger_deletable text, is_trigger_insertable_into text',
  },
]);
