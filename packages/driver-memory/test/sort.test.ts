import { replay } from './replay.js';

replay('sort');
