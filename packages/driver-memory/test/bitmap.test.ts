import { replay } from './replay.js';

replay('bitmap');
