import { startTenantServer } from './server.ts';

const server = await startTenantServer('./tenant-data', 5435);
console.log(`tenants are served on 127.0.0.1:${server.address.port}; connect as any user`);
process.once('SIGINT', () => void server.close().then(() => process.exit(0)));
setInterval(() => undefined, 60_000);
