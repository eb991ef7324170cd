import { replay } from './replay.js';

replay('pubsub');
