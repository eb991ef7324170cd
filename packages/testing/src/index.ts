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
export { type FaultProxy, type ProxyDirection, startFaultProxy } from './fault-proxy.js';
export { answerParent, type WorkerActs, type WorkerParent } from './processes/answer-parent.js';
export { machineTimeMs } from './processes/machine-time.js';
export { pauseProcess, resumeProcess } from './processes/process-signals.js';
export { startWorker, type WorkerOptions, type WorkerProcess } from './processes/worker-process.js';
