import { InvalidArgumentError } from '@penknife/core';
import type { Channel } from '../channel.js';
import type { AnyDefinition } from '../definition.js';
import type { PubSub } from '../pub-sub.js';
import { type AnyParameters, channelOf } from '../template/template.js';

/** A channel that a client named. */
export interface Room {
  readonly definition: AnyDefinition;
  readonly channel: Channel<string, never, unknown, 'fire' | 'latest' | 'log'>;
  readonly params: AnyParameters;
}

/** The channel of a name, whose parameters are encoded as by `encodeURIComponent`; undefined where no definition has it. */
export function createRoomFinder(
  pubsub: PubSub,
  definitions: readonly AnyDefinition[],
): (name: string) => Room | undefined {
  return (name) => {
    const parts = name.split(':').map(decoded);
    for (const definition of definitions) {
      const { segments } = definition.template;
      if (segments.length !== parts.length) continue;
      const params: Record<string, string> = {};
      const fits = segments.every((segment, i) => {
        const part = parts[i];
        if (part === undefined) return false;
        if (segment.kind === 'text') return segment.text === part;
        params[segment.name] = part;
        return part.length > 0;
      });
      if (fits && isChannel(definition, params)) {
        return { definition, channel: pubsub.channel(definition) as unknown as Room['channel'], params };
      }
    }
    return undefined;
  };
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** False for a parameter that is longer than any may be. */
function isChannel({ template }: AnyDefinition, params: AnyParameters): boolean {
  try {
    channelOf(template, params);
    return true;
  } catch (error) {
    if (error instanceof InvalidArgumentError) return false;
    throw error;
  }
}
