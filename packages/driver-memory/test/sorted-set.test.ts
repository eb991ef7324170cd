import { replay } from './replay.js';

replay('sorted-set');
