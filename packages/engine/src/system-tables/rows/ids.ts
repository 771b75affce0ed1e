/** OIDs that system relations refer to each other by; PostgreSQL's own numbers where it has them. */
export const OWNER_OID = 10;
export const DATABASE_OID = 5;
export const HEAP_AM_OID = 2;
export const DEFAULT_TABLESPACE_OID = 1663;
export const DEFAULT_COLLATION_OID = 100;
export const C_COLLATION_OID = 950;
export const SQL_LANGUAGE_OID = 14;
export const INTERNAL_LANGUAGE_OID = 12;
export const UTF8_ENCODING = 6;

const NAMESPACE_OIDS: Readonly<Record<string, number>> = {
  pg_catalog: 11,
  public: 2200,
  information_schema: 13_000,
};

/** The OID of a schema; 0 for one that does not exist. */
export function namespaceOid(schema: string): number {
  return Object.hasOwn(NAMESPACE_OIDS, schema) ? (NAMESPACE_OIDS[schema] ?? 0) : 0;
}

/** Schema name by OID. */
export function namespaceName(oid: number): string | undefined {
  return Object.keys(NAMESPACE_OIDS).find((name) => NAMESPACE_OIDS[name] === oid);
}
