import { replay } from './replay.js';

replay('hash');
