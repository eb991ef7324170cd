import type { Family } from '../support/family.js';

/** Publishing without listeners, and what connections answer about themselves. */
export const messages: Family = {
  name: 'messages',
  forms: [
    'PUBLISH channel value',
    'SPUBLISH channel value',
    'PUBSUB CHANNELS glob ?',
    'PUBSUB NUMSUB channel *',
    'PUBSUB NUMPAT',
    'PUBSUB SHARDCHANNELS glob ?',
    'PUBSUB SHARDNUMSUB channel *',
    'PUBSUB x',
    'PING value ?',
    'ECHO value',
    'CLIENT SETNAME channel',
    'CLIENT GETNAME',
    'NOSUCHCOMMAND value *',
    'OBJECT x key',
  ],
};
