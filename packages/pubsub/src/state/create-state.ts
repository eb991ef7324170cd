import { channel as diagnosticsChannel } from 'node:diagnostics_channel';
import { callWithin, checkCall, InvalidArgumentError, reportListenerError } from '@penknife/core';
import type { Channel } from '../channel.js';
import { frameHead } from '../frame/frame.js';
import { validateNow } from '../frame/validate-now.js';
import { placesOf } from '../places.js';
import { checkPosition } from '../position.js';
import type { SharedParts } from '../shared-parts.js';
import { type AnyParameters, channelOf, fillTemplate } from '../template/template.js';
import { bytesOf, type Change, changeCodec } from './change.js';
import type { ChangeOptions, State, StateEntry, StateListener, StateResult, WatchOptions } from './state.js';
import { changeState, type RawEntry, readEntry, readState, type StateKeys } from './state-commands.js';
import type { AnyStateDefinition } from './state-definition.js';
import { View } from './view.js';

const refused = diagnosticsChannel('penknife:pubsub.refused');

/** Makes the handle of one definition, over the `log` channel that its changes travel on. */
export function createState(
  definition: AnyStateDefinition,
  shared: SharedParts,
  channel: Channel<string, Change, Change, 'log'>,
  entriesKind: 'state' | 'users' = 'state',
): State<string, never, unknown> {
  const { driver, origin, options: resolved } = shared;
  const { changes, codec, schema, limit } = definition;
  const { template } = changes;
  const places = placesOf(shared.names, changes);
  const subject = `a value of ${template.text}`;

  function keysOf(params: AnyParameters): StateKeys {
    const name = channelOf(template, params);
    const segments = fillTemplate(template, params);
    return {
      channel: places.channel(name),
      head: places.key('head', name, segments),
      history: places.key('history', name, segments),
      state: places.key(entriesKind, name, segments),
    };
  }

  function decode(body: Uint8Array): { readonly value: unknown } | undefined {
    try {
      const value: unknown = codec.decode(body);
      return { value: schema === undefined ? value : validateNow(schema, value, subject) };
    } catch (error) {
      refused.publish({ template: template.text, why: 'undecodable', error });
      return undefined;
    }
  }

  function entryOf(raw: RawEntry | undefined): StateEntry<unknown> | undefined {
    const decoded = raw && decode(raw.body);
    return raw && decoded && { value: decoded.value, version: raw.version };
  }

  async function change(
    params: AnyParameters,
    key: string,
    value: Uint8Array | undefined,
    options: ChangeOptions,
  ): Promise<StateResult> {
    shared.refuseClosed();
    checkCall(options);
    checkKey(key);
    const { expect, ...call } = options;
    const id = origin.nextId();
    const body = changeCodec.encode({
      kind: value === undefined ? 'remove' : 'set',
      key,
      body: value ?? new Uint8Array(0),
    });
    const message = { frameHead: frameHead(changeCodec as never, id), body, epoch: id, key, value };
    const { outcome, version } = await driver.send(
      changeState(keysOf(params), definition, { ...message, expect: expectation(expect) }),
      callWithin(call, resolved.deadlineMs),
    );
    return outcome === 'changed' ? { changed: true, version } : { changed: false, reason: outcome, version };
  }

  return {
    definition: definition as never,
    set: async (params, key, value, options = {}) => {
      if (schema !== undefined) validateNow(schema, value, subject);
      return change(params, key, bytesOf(codec.encode(value)), options);
    },
    remove: (params, key, options = {}) => change(params, key, undefined, options),
    async get(params, key) {
      shared.refuseClosed();
      checkKey(key);
      return entryOf(await driver.send(readEntry(keysOf(params), key)));
    },
    async read(params) {
      shared.refuseClosed();
      const { entries } = await driver.send(readState(keysOf(params), limit));
      const read = new Map<string, StateEntry<unknown>>();
      for (const [key, raw] of entries) {
        const entry = entryOf(raw);
        if (entry !== undefined) read.set(key, entry);
      }
      return read;
    },
    async watch(params, listener, options: WatchOptions = {}) {
      checkListener(listener);
      checkCall(options);
      const keys = keysOf(params);
      const view = new View<unknown>({
        driver,
        listener,
        decode,
        read: (signal) => driver.send(readState(keys, limit), { signal }),
        end(error) {
          subscription?.close().catch(reportListenerError);
          listener.ended?.(error);
        },
      });
      const { begin } = view.hold();
      const subscription = await channel.subscribe(
        params,
        {
          message: (message, event) => view.message(message, event),
          gap: (gap) => view.gap(gap),
          ended: (error) => listener.ended?.(error),
        },
        options,
      );
      try {
        await begin();
      } catch (error) {
        await subscription.close();
        throw error;
      }
      const close = (): Promise<void> => {
        view.close();
        return subscription.close();
      };
      return {
        get entries() {
          return view.entries;
        },
        get position() {
          return view.position;
        },
        get closed() {
          return subscription.closed;
        },
        close,
        [Symbol.asyncDispose]: close,
      };
    },
  };
}

function checkKey(key: string): void {
  if (typeof key !== 'string' || key.length === 0 || Buffer.byteLength(key) > 1000) {
    throw new InvalidArgumentError('key', 'must be a string of 1 to 1000 bytes', key);
  }
}

function expectation(expect: ChangeOptions['expect']): string {
  if (expect === undefined) return '*';
  if (expect === 'absent') return '';
  const { epoch, offset } = checkPosition('expect', expect);
  return `${epoch}:${offset}`;
}

function checkListener(listener: StateListener<unknown>): void {
  for (const name of ['snapshot', 'change'] as const) {
    if (typeof listener?.[name] !== 'function') {
      throw new InvalidArgumentError(`listener.${name}`, 'must be a function', listener?.[name]);
    }
  }
}
