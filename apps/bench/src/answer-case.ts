import { answerParent, type WorkerActs } from '@penknife/testing';
import { startBenchServer } from './bench-server.js';
import type { BenchCase } from './case.js';
import { type Effort, measureCase } from './measure/measure-case.js';
import type { Peers } from './peers.js';
import type { CaseReport } from './report/report.js';

/** What the bench asks of the process of a case. */
export interface CaseActs extends WorkerActs {
  /** Measures the case of that name on a server of its own; each turn of a contestant is reported. */
  measure(name: string, effort: Effort): Promise<CaseReport>;
}

/** Rejects with the first error that nobody caught; without it such an error would end the process before its words are told. */
function uncaught(): Promise<never> {
  return new Promise((_, reject) => process.on('uncaughtException', reject));
}

/** Makes this process that of one case, out of these: it ends with the bench. */
export function answerCase(
  cases: readonly BenchCase[],
  openPeers: () => Peers,
  contestantProgram: string | URL,
): void {
  const acts: CaseActs = {
    async measure(name, effort) {
      const one = cases.find((each) => each.name === name);
      if (one === undefined) throw new RangeError(`there is no case ${name}`);
      const peers = openPeers();
      const server = await startBenchServer();
      try {
        const context = { server, peers, contestantProgram };
        const measured = measureCase(one, context, effort, () => parent.report('turn'));
        const figures = await Promise.race([measured, uncaught()]);
        const where =
          one.usesServer === false ? 'in the process, no server' : `${server.version}, one server`;
        const processes = 'apart' in one ? '; each contestant in a process of its own' : '';
        const { question } = one;
        return { name, question, server: `${where}${processes}`, figures, leftOut: peers.leftOut };
      } finally {
        await server.stop();
      }
    },
  };
  const parent = answerParent(acts);
}
