import { startRuleServer } from './server.ts';

const server = await startRuleServer('./rule-data', 5436);
console.log(`a server with a rule of its own on 127.0.0.1:${server.address.port}`);
process.once('SIGINT', () => void server.close().then(() => process.exit(0)));
setInterval(() => undefined, 60_000);
