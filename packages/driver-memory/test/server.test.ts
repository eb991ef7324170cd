import { replay } from './replay.js';

replay('server');
