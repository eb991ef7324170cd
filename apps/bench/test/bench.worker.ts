// A bench of test cases, as the command runs it: the program of its cases, the two files, and the names of the cases.
import { runBench } from '../src/run-bench.js';
import { benchCases } from './bench-cases.js';
import { sampleReport } from './sample-report.js';

const [, , program = '', json = '', html = '', ...names] = process.argv;
const { cases: _, unmeasured: __, ...head } = sampleReport;
await runBench(
  names.flatMap((name) => benchCases.filter((one) => one.name === name)),
  { ...head, effort: { rounds: 1, roundMs: 20, warmUpMs: 20 } },
  { json, html },
  program,
);
