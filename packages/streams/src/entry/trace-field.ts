import { checkObject, InvalidArgumentError } from '@penknife/core';
import type { TraceParent } from '../telemetry.js';

const traceparentShape = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
/** As long as W3C asks everybody to carry. */
const longestState = 512;

/** A trace's place as one field: `traceparent`, and after a space `tracestate`. Throws `InvalidArgumentError`. */
export function encodeTrace(trace: TraceParent): string {
  checkObject('trace', trace);
  const { traceparent, tracestate = '' } = trace;
  if (typeof traceparent !== 'string' || !traceparentShape.test(traceparent)) {
    throw new InvalidArgumentError('trace.traceparent', 'must be a W3C traceparent', traceparent);
  }
  if (typeof tracestate !== 'string')
    throw new InvalidArgumentError('trace.tracestate', 'must be a string', tracestate);
  // What is too long is left out whole, as W3C allows: half of it would be a lie.
  return tracestate === '' || tracestate.length > longestState ? traceparent : `${traceparent} ${tracestate}`;
}

/** Reads the field. A trace is an extra: what is broken in it is none. */
export function decodeTrace(field: string | undefined): TraceParent | undefined {
  if (field === undefined) return undefined;
  const end = field.indexOf(' ');
  const traceparent = end < 0 ? field : field.slice(0, end);
  if (!traceparentShape.test(traceparent)) return undefined;
  return end < 0 ? { traceparent } : { traceparent, tracestate: field.slice(end + 1) };
}
