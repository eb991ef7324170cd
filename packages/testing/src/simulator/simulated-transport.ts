import { ConnectionError } from '@penknife/core';
import type {
  LaneConnection,
  SharedConnection,
  SubscriberConnection,
  Transport,
  WireCall,
  WireSender,
} from '@penknife/core/driver-kit';
import type { Link } from './link.js';

/** Opens a link of the process that the transport belongs to. */
export type OpenLink = (name: string) => Link;

/** A transport that puts a link between a process and every connection of an engine's own transport. */
export function simulatedTransport(inner: Transport, openLink: OpenLink): Transport {
  const nowhere = (): ConnectionError => new ConnectionError('not connected', { sent: 'no' });

  async function openLanes(open: () => Promise<readonly LaneConnection[]>): Promise<LaneConnection[]> {
    const first = openLink('lane');
    const lanes = await first.ask('a lane is opened', undefined, async () => {
      const opened = await open();
      first.endAtServer = () => {
        for (const lane of opened) lane.close();
      };
      return opened;
    });
    return lanes.map((lane, i) => laneOver(lane, i === 0 ? first : openLink('lane')));
  }

  return {
    topology: inner.topology,
    open(events) {
      let link = openLink('shared');
      let connection = openInner();
      let ready = connection.ready;
      let closed = false;

      function openInner(): SharedConnection {
        const own = link;
        const opened = inner.open({
          changed: () => undefined,
          failed: () => own.brokenByServer(),
        });
        own.endAtServer = () => opened.close();
        own.lost = (error) => {
          ready = false;
          events.failed(error);
          events.changed();
          if (!closed) reconnect();
        };
        return opened;
      }

      function reconnect(): void {
        link = openLink('shared');
        link.lost = () => {
          if (!closed) reconnect();
        };
        const own = link;
        own.send('reconnect', undefined, () => {
          const opened = openInner();
          own.tell('reconnected', undefined, () => {
            connection = opened;
            ready = true;
            events.changed();
          });
        });
      }

      const sender = senderOver(
        () => link,
        () => connection,
      );
      return {
        get ready() {
          return ready;
        },
        call: (call) => (ready ? sender.call(call) : Promise.reject(nowhere())),
        transaction: (calls) => (ready ? sender.transaction(calls) : Promise.reject(nowhere())),
        close() {
          if (closed) return;
          closed = true;
          ready = false;
          link.closedByProcess();
        },
      };
    },
    openLane: async (key) => (await openLanes(async () => [await inner.openLane(key)]))[0] as LaneConnection,
    openLanes: () => openLanes(() => inner.openLanes()),
    async openSubscriber(key, events): Promise<SubscriberConnection> {
      const link = openLink('feed');
      link.lost = (error) => events.lost(error);
      const opened = await link.ask('a feed is opened', undefined, async () => {
        const subscriber = await inner.openSubscriber(key, {
          message: (...message) => link.tell('message', undefined, () => events.message(...message)),
          unsubscribed: (channel) => link.tell('unsubscribed', undefined, () => events.unsubscribed(channel)),
          lost: () => link.brokenByServer(),
        });
        link.endAtServer = () => subscriber.close();
        return subscriber;
      });
      return {
        node: opened.node,
        id: opened.id,
        subscribe: (kind, name) =>
          link.ask(`subscribe ${name}`, undefined, () => opened.subscribe(kind, name)),
        unsubscribe: (kind, name) =>
          link.ask(`unsubscribe ${name}`, undefined, () => opened.unsubscribe(kind, name)),
        close: () => link.closedByProcess(),
      };
    },
    nodeOf: (key, refresh) => inner.nodeOf(key, refresh),
    translate: (error) => inner.translate(error),
  };
}

function senderOver(link: () => Link, connection: () => WireSender): WireSender {
  return {
    call(call: WireCall) {
      const to = connection();
      return link().ask('', call, () => to.call(call));
    },
    transaction(calls) {
      const to = connection();
      return link().ask('MULTI', calls[0], () => to.transaction(calls));
    },
  };
}

function laneOver(lane: LaneConnection, link: Link): LaneConnection {
  let tellLost: (error: unknown) => void = () => undefined;
  const lost = new Promise<unknown>((resolve) => {
    tellLost = resolve;
  });
  link.endAtServer = () => lane.close();
  link.lost = tellLost;
  void lane.lost.then(() => link.brokenByServer());
  const { call, transaction } = senderOver(
    () => link,
    () => lane,
  );
  return { id: lane.id, lost, call, transaction, close: () => link.closedByProcess() };
}
