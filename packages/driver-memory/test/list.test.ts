import { replay } from './replay.js';

replay('list');
