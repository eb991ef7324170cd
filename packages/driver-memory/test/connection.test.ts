import { replay } from './replay.js';

replay('connection');
