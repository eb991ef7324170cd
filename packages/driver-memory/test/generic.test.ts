import { replay } from './replay.js';

replay('generic');
