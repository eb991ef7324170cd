import { replay } from './replay.js';

replay('transactions');
