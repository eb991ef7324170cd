/// <reference lib="esnext.disposable" preserve="true" />
export { type ChaosDriver, type ChaosOptions, createChaosDriver } from './chaos/chaos-driver.js';
export { type CallFault, type ChaosPlan, type ChaosRates, ratesPlan } from './chaos/chaos-plan.js';
export type { ContractCase } from './contract/contract-case.js';
export { contractCases } from './contract/contract-cases.js';
export type { ContractContext } from './contract/contract-context.js';
export type {
  ContractDriverOptions,
  ContractFaults,
  ContractSetup,
  SlotMove,
} from './contract/contract-setup.js';
export { type ContractRunner, casesFor, runDriverContract } from './contract/run-driver-contract.js';
export { type CountingDriver, countingDriver } from './counting-driver.js';
export { type FaultProxy, type ProxyDirection, startFaultProxy } from './fault-proxy.js';
export { type AmountEvent, imbalances } from './history/conservation.js';
export {
  type DeliveryEvent,
  type DeliveryReport,
  disorder,
  readDeliveries,
} from './history/deliveries.js';
export { createHistory, type History, type HistoryOptions, type Noted } from './history/history.js';
export { fallenFences, type HoldingEvent, overlaps } from './history/mutual-exclusion.js';
export { overtaken, type QueueEvent } from './history/queue-order.js';
export { staleReads, type VersionEvent } from './history/stale-reads.js';
export { answerParent, type WorkerActs, type WorkerParent } from './processes/answer-parent.js';
export { machineTimeMs } from './processes/machine-time.js';
export { pauseProcess, resumeProcess } from './processes/process-signals.js';
export { startWorker, type WorkerOptions, type WorkerProcess } from './processes/worker-process.js';
export { editedScript, plantedBug, type ScriptBug } from './scripts/edited-script.js';
export { type FaultKind, type FaultOptions, faultKinds } from './simulator/faults.js';
export type {
  SimulatedEngine,
  SimulatedProcess,
  SimulationEnd,
  SimulationOptions,
  SimulationStart,
} from './simulator/options.js';
export { type SimulationReport, simulate } from './simulator/simulate.js';
export { SimulationError } from './simulator/simulation-error.js';
export type { SimulationEvent } from './simulator/simulation-event.js';
