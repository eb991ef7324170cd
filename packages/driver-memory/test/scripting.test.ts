import { replay } from './replay.js';

replay('scripting');
