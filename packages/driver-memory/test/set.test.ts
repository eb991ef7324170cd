import { replay } from './replay.js';

replay('set');
