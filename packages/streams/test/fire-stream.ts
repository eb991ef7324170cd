import { defineStream, type PartitionedDefinition, type StreamDefinition } from '../src/index.js';
import { type Numbered, numbered } from './sample-streams.js';

type Content = { readonly data: Numbered };

/** The streams of the soak: one split, in order per key, and a plain one, in no order. */
export const fired: PartitionedDefinition<Content, Content> = defineStream('fired', {
  schema: numbered,
  retention: 'forever',
  partitions: 4,
});
export const plain: StreamDefinition<Content, Content> = defineStream('fired-plain', {
  schema: numbered,
  retention: 'forever',
});

/** The list to which the effects on one hash tag are written, `key n` each. */
export function effectsKey(hashTag: string): string {
  return `effects:${hashTag}`;
}
