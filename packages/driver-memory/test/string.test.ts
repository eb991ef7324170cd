import { replay } from './replay.js';

replay('string');
