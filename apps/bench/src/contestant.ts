// The process of one contestant, where a case wants one for each: started by `entrants-apart.ts`.
import { cases } from './cases/cases.js';
import { answerRounds } from './measure/answer-rounds.js';

answerRounds(cases);
