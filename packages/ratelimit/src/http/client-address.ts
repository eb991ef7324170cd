import { BlockList, isIP } from 'node:net';
import { InvalidArgumentError } from '@penknife/core';
import { ipv6Groups } from './ipv6.js';

/** Which proxies may say who the client is: how many stand in front, or their addresses and networks (`10.0.0.0/8`). */
export type TrustedProxies = number | readonly string[];

/** How addresses become identifiers. */
export interface AddressOptions {
  /** Default: none, `X-Forwarded-For` is ignored. */
  readonly trustedProxies?: TrustedProxies;
  /** Bits of an IPv6 address that name a client; one household has a whole network. Default 64. */
  readonly ipv6Prefix?: number;
}

/** Finds the client's address from the connection's and `X-Forwarded-For`. Null when neither is an address. */
export type ClientAddress = (remote: string | undefined, forwardedFor: string | undefined) => string | null;

/** The longest list of hops that is looked at; what is further away is not believed. */
const mostHops = 32;

/**
 * Makes the reader of client addresses: from the right, hops are skipped as long as they are trusted, and the first that is
 * not is the client. IPv4 in IPv6 is IPv4; IPv6 is cut to its network.
 */
export function clientAddress({ trustedProxies = 0, ipv6Prefix = 64 }: AddressOptions): ClientAddress {
  if (!Number.isInteger(ipv6Prefix) || ipv6Prefix < 16 || ipv6Prefix > 128)
    throw new InvalidArgumentError('ipv6Prefix', 'must be a whole number from 16 to 128', ipv6Prefix);
  const trusts = trustIn(trustedProxies);
  return (remote, forwardedFor) => {
    let address = plainAddress(remote ?? '');
    if (trustedProxies !== 0 && forwardedFor !== undefined) {
      const hops = forwardedFor.split(',').slice(-mostHops);
      for (let i = hops.length - 1, skipped = 0; i >= 0; i--, skipped++) {
        // A connection without an address (a unix socket) comes from this machine's proxy.
        if (address !== null && !trusts(address, skipped)) break;
        if (address === null && typeof trustedProxies === 'number' && skipped >= trustedProxies) break;
        const next = plainAddress(hops[i] ?? '');
        if (next === null) break;
        address = next;
      }
    }
    return address === null ? null : network(address, ipv6Prefix);
  };
}

function trustIn(trusted: TrustedProxies): (address: string, skipped: number) => boolean {
  if (typeof trusted === 'number') {
    if (!Number.isInteger(trusted) || trusted < 0 || trusted > mostHops)
      throw new InvalidArgumentError('trustedProxies', `must be 0 to ${mostHops}, or a list`, trusted);
    return (_, skipped) => skipped < trusted;
  }
  const list = new BlockList();
  for (const entry of trusted) {
    const [address = '', prefix, ...rest] = entry.split('/');
    const family = isIP(address);
    const bits = Number(prefix ?? (family === 4 ? 32 : 128));
    if (family === 0 || !/^\d+$/.test(prefix ?? '0') || rest.length > 0 || bits > (family === 4 ? 32 : 128))
      throw new InvalidArgumentError('trustedProxies', 'must hold addresses or networks', entry);
    list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

/** An address without port, brackets, zone and mapping; null when it is none. */
function plainAddress(text: string): string | null {
  // What a connection says of itself, nearly always: nothing to take off.
  if (isIP(text) === 4) return text;
  let address = text.trim();
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(address);
  if (bracketed !== null) address = bracketed[1] ?? '';
  else if (/^\d+\.\d+\.\d+\.\d+:\d+$/.test(address)) address = address.slice(0, address.lastIndexOf(':'));
  const zone = address.indexOf('%');
  if (zone >= 0) address = address.slice(0, zone);
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped !== null) address = mapped[1] ?? '';
  const family = isIP(address);
  if (family !== 6) return family === 0 ? null : address;
  // The same mapping, in hexadecimal.
  const [a, b, c, d, e, f, high = 0, low = 0] = ipv6Groups(address);
  if (a !== 0 || b !== 0 || c !== 0 || d !== 0 || e !== 0 || f !== 0xffff) return address;
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function network(address: string, prefix: number): string {
  if (isIP(address) === 4) return address;
  const groups = ipv6Groups(address).map((group, i) => {
    const bits = Math.min(16, Math.max(0, prefix - i * 16));
    return (group >> (16 - bits)) << (16 - bits);
  });
  return `${groups.map((group) => group.toString(16)).join(':')}/${prefix}`;
}
