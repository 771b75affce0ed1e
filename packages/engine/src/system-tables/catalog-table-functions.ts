import { defineSignature, types, vectorFromValues } from '@millrace/core';
import { defineTableFunction, type TableFunctionDefinition } from '@millrace/exec';

/** `pg_partition_ancestors(relation)`: a partitioned table is its own only ancestor; others have none. */
const partitionAncestors = defineTableFunction({
  signature: defineSignature('table', {
    name: 'pg_partition_ancestors',
    args: ['regclass'],
    returns: types.regclass,
    columns: [{ name: 'relid', type: types.regclass }],
    volatility: 'stable',
    mayFail: false,
  }),
  *rows({ args: [oid = null], evaluation }) {
    if (evaluation.session.catalog('is-partitioned', oid) !== true) return;
    yield { rowCount: 1, vectors: [vectorFromValues(types.regclass, [oid])] };
  },
});

/** Set-returning functions of pg_catalog that clients call. */
export const CATALOG_TABLE_FUNCTIONS: readonly TableFunctionDefinition[] = Object.freeze([partitionAncestors]);
