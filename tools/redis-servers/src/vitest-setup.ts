import type { TestProject } from 'vitest/node';
import { startBroker } from './broker/broker.js';
// Declares the name that is provided.
import './vitest-lease.js';

/**
 * Vitest's global setup: starts the broker in the main process, which outlives the process of each test file, and
 * tells every test file where it is. Starts no server by itself. The function it returns ends them all.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const broker = await startBroker();
  project.provide('penknifeServers', broker.address);
  return () => broker.close();
}
