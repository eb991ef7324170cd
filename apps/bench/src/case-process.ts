// The process of one case: started by `case-apart.ts`.
import { answerCase } from './answer-case.js';
import { cases } from './cases/cases.js';
import { openPeers } from './peers.js';

answerCase(cases, openPeers, new URL('./contestant.js', import.meta.url));
