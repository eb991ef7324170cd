import { defineTrace } from '@penknife/core';

/** One round of extensions: how many locks, and what became of each. */
export const traceExtend: ReturnType<typeof defineTrace> = defineTrace('locks.extend');

/** One release: whether the lock was held up to then. */
export const traceRelease: ReturnType<typeof defineTrace> = defineTrace('locks.release');
