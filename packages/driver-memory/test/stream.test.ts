import { replay } from './replay.js';

replay('stream');
