/// <reference lib="esnext.disposable" preserve="true" />
export {
  createEventStream,
  type EventStream,
  type EventStreamOptions,
  type EventStreamRequest,
} from './sse/event-stream.js';
