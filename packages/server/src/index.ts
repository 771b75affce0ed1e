export { type DataDirectory, openDataDirectory, type World } from './open-data-directory.ts';
export { isLoopback, readOptions, requireLoopback, type ServerOptions } from './options.ts';
export { type RunningServer, startServer } from './start-server.ts';
