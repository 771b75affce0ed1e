import { startIngestServer } from './server.ts';

const server = await startIngestServer('./ingest-data', 5434);
console.log(`custom ingest server on 127.0.0.1:${server.port}`);
process.once('SIGINT', () => void server.close().then(() => process.exit(0)));
setInterval(() => undefined, 60_000);
