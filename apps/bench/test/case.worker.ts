import { answerCase } from '../src/answer-case.js';
import { benchCases } from './bench-cases.js';
import { noPeers } from './no-peers.js';

answerCase(benchCases, () => ({ ...noPeers, leftOut: ['a late peer'] }), 'there are no contestants apart');
