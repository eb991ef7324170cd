import { describe, expect, it } from 'vitest';
import { clientAddress, type TrustedProxies } from '../../src/http/client-address.js';

const cases: readonly [
  says: string,
  trusted: TrustedProxies,
  remote: string | undefined,
  forwarded: string | undefined,
  client: string | null,
][] = [
  ['nobody is trusted: the header is ignored', 0, '203.0.113.9', '1.2.3.4', '203.0.113.9'],
  ['one proxy in front', 1, '10.0.0.1', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
  ['two proxies in front', 2, '10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2', '1.2.3.4'],
  [
    'more hops claimed than trusted: what the client wrote is not believed',
    1,
    '10.0.0.1',
    '9.9.9.9, 1.2.3.4',
    '1.2.3.4',
  ],
  ['fewer hops than trusted: the first there is', 3, '10.0.0.1', '1.2.3.4', '1.2.3.4'],
  [
    'trusted networks are skipped from the right',
    ['10.0.0.0/8'],
    '10.0.0.1',
    '6.6.6.6, 1.2.3.4, 10.9.9.9',
    '1.2.3.4',
  ],
  ['an untrusted peer cannot name another', ['10.0.0.0/8'], '198.51.100.7', '1.2.3.4', '198.51.100.7'],
  ['a trusted IPv6 proxy', ['fd00::/8'], 'fd00::1', '1.2.3.4', '1.2.3.4'],
  ['IPv4 in IPv6 is IPv4', 0, '::ffff:203.0.113.9', undefined, '203.0.113.9'],
  ['the same in hexadecimal', 0, '::ffff:cb00:7109', undefined, '203.0.113.9'],
  ['IPv6 is cut to its /64', 0, '2001:db8:1:2:aaaa:bbbb:cccc:dddd', undefined, '2001:db8:1:2:0:0:0:0/64'],
  [
    'short forms, zones and embedded IPv4 mean the same network',
    0,
    'fe80::1:2%eth0',
    undefined,
    'fe80:0:0:0:0:0:0:0/64',
  ],
  ['ports and brackets are cut off', 1, '10.0.0.1', '[2001:db8::1]:443', '2001:db8:0:0:0:0:0:0/64'],
  ['an IPv4 port is cut off', 1, '10.0.0.1', '1.2.3.4:5678', '1.2.3.4'],
  ['what is no address stops the walk', 2, '10.0.0.1', '1.2.3.4, unknown', '10.0.0.1'],
  ['a unix socket has a proxy of this machine', 1, undefined, '1.2.3.4', '1.2.3.4'],
  ['a unix socket and nobody trusted', 0, undefined, '1.2.3.4', null],
];

describe('the client’s address', () => {
  for (const [says, trustedProxies, remote, forwarded, client] of cases) {
    it(says, () => expect(clientAddress({ trustedProxies })(remote, forwarded)).toBe(client));
  }

  it('a household that changes its lower bits stays one client, and neighbours are others', () => {
    const of = clientAddress({ ipv6Prefix: 56 });
    expect(of('2001:db8:1:2ff::1', undefined)).toBe(of('2001:db8:1:200:9::', undefined));
    expect(of('2001:db8:1:300::1', undefined)).not.toBe(of('2001:db8:1:200::1', undefined));
  });

  it('a header of many thousand hops is not walked through', () => {
    const long = Array.from({ length: 10_000 }, () => '10.0.0.1').join(',');
    expect(clientAddress({ trustedProxies: ['10.0.0.0/8'] })('10.0.0.1', long)).toBe('10.0.0.1');
  });

  it('refuses proxies and prefixes that are none', () => {
    expect(() => clientAddress({ trustedProxies: ['10.0.0.0/40'] })).toThrow(/trustedProxies must/);
    for (const bits of ['/', '/ ', '/8/', '/0x8', '/1e1', '/+8'])
      expect(() => clientAddress({ trustedProxies: [`10.0.0.0${bits}`] })).toThrow(/trustedProxies must/);
    expect(() => clientAddress({ trustedProxies: ['proxy'] })).toThrow(/trustedProxies must/);
    expect(() => clientAddress({ trustedProxies: -1 })).toThrow(/trustedProxies must/);
    expect(() => clientAddress({ ipv6Prefix: 8 })).toThrow(/ipv6Prefix must/);
  });
});
