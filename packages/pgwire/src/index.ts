export type { Authentication } from './authentication.ts';
export { type PgwireOptions, type PgwireServer, servePgwire } from './server.ts';
