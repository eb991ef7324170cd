import { answerRounds } from '../src/measure/answer-rounds.js';
import { apartCases } from './apart-cases.js';

answerRounds(Object.values(apartCases));
