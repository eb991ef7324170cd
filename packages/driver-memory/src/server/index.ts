export { type MemoryServer, type ServerOptions, startServer } from './start-server.js';
