// pure · client addresses and their networks: every spelling of an address read the same. RFC 4291, 4632, 5952
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ipText, readIp } from '../../src/platform/network/ip.ts'
import { networkAllowances, networksOf } from '../../src/platform/network/network.ts'
import { isTrustable, visitorAddress } from '../../src/platform/network/peer.ts'
import { type SignupManner, signupAllowances, storedAddress } from '../../src/signup/network-limits.ts'
import { vaultOf } from '../support/vault.ts'

describe('an address', () => {
  const cases: readonly { readonly title: string; readonly spelled: string; readonly is: string | null }[] = [
    { title: 'of IPv4', spelled: '192.0.2.1', is: '192.0.2.1' },
    { title: 'of IPv4 with a port', spelled: '192.0.2.1:50001', is: '192.0.2.1' },
    { title: 'of IPv4 with white space', spelled: ' 192.0.2.1 ', is: '192.0.2.1' },
    { title: 'of IPv4, mapped', spelled: '::ffff:192.0.2.1', is: '192.0.2.1' },
    { title: 'of IPv4, mapped in capitals', spelled: '::FFFF:192.0.2.1', is: '192.0.2.1' },
    { title: 'of IPv4, mapped in groups', spelled: '::ffff:c000:201', is: '192.0.2.1' },
    { title: 'of IPv4, mapped at full length', spelled: '0:0:0:0:0:ffff:c000:0201', is: '192.0.2.1' },
    { title: 'of IPv4, mapped, in brackets with a port', spelled: '[::ffff:192.0.2.1]:443', is: '192.0.2.1' },
    { title: 'of IPv6', spelled: '2001:db8::1', is: '2001:db8::1' },
    {
      title: 'of IPv6 at full length',
      spelled: '2001:0db8:0000:0000:0000:0000:0000:0001',
      is: '2001:db8::1',
    },
    { title: 'of IPv6 in capitals', spelled: '2001:DB8:0:0:A::1', is: '2001:db8::a:0:0:1' },
    { title: 'of IPv6 compressed elsewhere', spelled: '2001:db8::a:0:0:1', is: '2001:db8::a:0:0:1' },
    { title: 'of IPv6 with an IPv4 tail', spelled: '2001:db8::192.0.2.1', is: '2001:db8::c000:201' },
    { title: 'of IPv6 in brackets', spelled: '[2001:db8::1]', is: '2001:db8::1' },
    { title: 'of IPv6 in brackets with a port', spelled: '[2001:db8::1]:50001', is: '2001:db8::1' },
    { title: 'of one link, with its zone', spelled: 'fe80::1%eth0', is: 'fe80::1' },
    { title: 'of one link, in brackets with its zone', spelled: '[fe80::1%25eth0]:80', is: 'fe80::1' },
    { title: 'of nobody', spelled: '::', is: '::' },
    { title: 'that is none: empty', spelled: '', is: null },
    { title: 'that is none: a word', spelled: 'unknown', is: null },
    { title: 'that is none: a number too large', spelled: '192.0.2.256', is: null },
    { title: 'that is none: three numbers', spelled: '192.0.2', is: null },
    { title: 'that is none: five numbers', spelled: '192.0.2.1.1', is: null },
    { title: 'that is none: a dot behind', spelled: '192.0.2.1.', is: null },
    { title: 'that could be octal', spelled: '192.0.2.010', is: null },
    { title: 'that is none: hexadecimal', spelled: '0xc0000201', is: null },
    { title: 'that is none: one number', spelled: '3221225985', is: null },
    { title: 'that is none: nine groups', spelled: '1:2:3:4:5:6:7:8:9', is: null },
    { title: 'that is none: two gaps', spelled: '1::2::3', is: null },
    { title: 'that is none: a letter too far', spelled: '2001:db8::g', is: null },
    { title: 'that is none: a host', spelled: 'proxy.brand.example', is: null },
    { title: 'that is none: markup', spelled: '<script>', is: null },
    { title: 'that is none: a URL around it', spelled: '::1]@evil.example/[', is: null },
  ]

  it.each(cases)('$title', ({ spelled, is }) => {
    const ip = readIp(spelled)
    expect(ip === null ? null : ipText(ip)).toBe(is)
  })
})

describe('any address', () => {
  const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }))
  const ips = fc.array(group, { minLength: 8, maxLength: 8 })

  it('is written as a URL writes it, and read again as what it was', () => {
    fc.assert(
      fc.property(ips, (ip) => {
        const whole = ip.map((one) => one.toString(16).padStart(4, '0')).join(':')
        const text = ipText(ip)
        if (text.includes(':')) expect(`[${text}]`).toBe(new URL(`http://[${whole}]/`).hostname)
        for (const spelled of [whole, whole.toUpperCase(), text]) expect(readIp(spelled)).toEqual(ip)
      }),
    )
  })

  it('is one where a URL would take it, and none where it would not', () => {
    const pieces = fc.constantFrom(':', '::', '0', '1', 'ffff', 'a', '12345', 'g', '.', '192.0.2.1', '256')
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 14 }), (parts) => {
        const text = parts.join('')
        // An IPv4 address with a port is no host in brackets.
        if (text.includes(':') && !/^[\d.]+:\d+$/.test(text))
          expect(readIp(text) !== null, text).toBe(URL.canParse(`http://[${text}]/`))
      }),
      { numRuns: 5000 },
    )
  })
})

describe('the visitor behind a connection', () => {
  interface Case {
    readonly title: string
    readonly peer?: string
    readonly header?: string
    readonly trusting?: readonly string[]
    readonly is: string | null
  }
  const ten = ['10.0.0.0/8']
  const cases: readonly Case[] = [
    { title: 'nobody can say: no peer', header: '198.51.100.1', trusting: ['loopback'], is: null },
    { title: 'nobody can say: a peer that is no address', peer: 'pipe', header: '198.51.100.1', is: null },
    { title: 'the peer', peer: '192.0.2.1', is: '192.0.2.1' },
    {
      title: 'the peer, its header not believed',
      peer: '192.0.2.1',
      header: '198.51.100.1',
      is: '192.0.2.1',
    },
    { title: 'an IPv4 peer as IPv6 writes it', peer: '::ffff:192.0.2.1', is: '192.0.2.1' },
    {
      title: 'named by this machine',
      peer: '127.0.0.1',
      header: '198.51.100.1',
      trusting: ['loopback'],
      is: '198.51.100.1',
    },
    {
      title: 'named by another address of this machine',
      peer: '127.9.9.9',
      header: '198.51.100.1',
      trusting: ['loopback'],
      is: '198.51.100.1',
    },
    {
      title: 'named by this machine in IPv6',
      peer: '0:0:0:0:0:0:0:1',
      header: '198.51.100.1',
      trusting: ['loopback'],
      is: '198.51.100.1',
    },
    {
      title: 'named by this machine, mapped',
      peer: '::ffff:7f00:1',
      header: '198.51.100.1',
      trusting: ['127.0.0.1'],
      is: '198.51.100.1',
    },
    {
      title: 'not this machine',
      peer: '128.0.0.1',
      header: '198.51.100.1',
      trusting: ['loopback'],
      is: '128.0.0.1',
    },
    {
      title: 'named by a proxy',
      peer: '10.0.0.1',
      header: '198.51.100.1',
      trusting: ['10.0.0.1'],
      is: '198.51.100.1',
    },
    {
      title: 'beside the proxy',
      peer: '10.0.0.2',
      header: '198.51.100.1',
      trusting: ['10.0.0.1'],
      is: '10.0.0.2',
    },
    {
      title: 'the last one named, where its sender alone is trusted',
      peer: '10.0.0.1',
      header: '203.0.113.1, 198.51.100.1',
      trusting: ['10.0.0.1'],
      is: '198.51.100.1',
    },
    {
      title: 'behind two proxies',
      peer: '10.0.0.1',
      header: '203.0.113.1,198.51.100.1 ,  10.0.0.2',
      trusting: ten,
      is: '198.51.100.1',
    },
    {
      title: 'a proxy itself',
      peer: '10.0.0.1',
      header: '10.0.0.3, 10.0.0.2',
      trusting: ten,
      is: '10.0.0.3',
    },
    {
      title: 'named with a port',
      peer: '10.0.0.1',
      header: '198.51.100.1:50001',
      trusting: ten,
      is: '198.51.100.1',
    },
    {
      title: 'named in brackets with a port',
      peer: '10.0.0.1',
      header: '[2001:DB8:0::1]:50001',
      trusting: ten,
      is: '2001:db8::1',
    },
    {
      title: 'named in brackets, mapped',
      peer: '10.0.0.1',
      header: '[::ffff:198.51.100.1]:50001',
      trusting: ten,
      is: '198.51.100.1',
    },
    {
      title: 'the proxy, which names nobody',
      peer: '10.0.0.1',
      header: 'unknown',
      trusting: ten,
      is: '10.0.0.1',
    },
    { title: 'the proxy, which says nothing', peer: '10.0.0.1', header: '', trusting: ten, is: '10.0.0.1' },
    {
      title: 'the proxy, which names what is no address',
      peer: '10.0.0.1',
      header: '198.51.100.1, _hidden',
      trusting: ten,
      is: '10.0.0.1',
    },
    {
      title: 'the proxy, whose list ends in nothing',
      peer: '10.0.0.1',
      header: '198.51.100.1, ',
      trusting: ten,
      is: '10.0.0.1',
    },
    {
      title: 'beside the network',
      peer: '11.0.0.1',
      header: '198.51.100.1',
      trusting: ten,
      is: '11.0.0.1',
    },
    {
      title: 'in half a network',
      peer: '10.0.0.129',
      header: '198.51.100.1',
      trusting: ['10.0.0.128/25'],
      is: '198.51.100.1',
    },
    {
      title: 'in the other half',
      peer: '10.0.0.127',
      header: '198.51.100.1',
      trusting: ['10.0.0.128/25'],
      is: '10.0.0.127',
    },
    {
      title: 'named by anybody in IPv4',
      peer: '192.0.2.1',
      header: '198.51.100.1',
      trusting: ['0.0.0.0/0'],
      is: '198.51.100.1',
    },
    {
      title: 'in IPv6, where all of IPv4 is trusted',
      peer: '2001:db8::1',
      header: '198.51.100.1',
      trusting: ['0.0.0.0/0'],
      is: '2001:db8::1',
    },
    {
      title: 'in IPv4, where all of IPv6 is trusted',
      peer: '192.0.2.1',
      header: '198.51.100.1',
      trusting: ['::/0'],
      is: '192.0.2.1',
    },
    {
      title: 'named by an IPv6 proxy, spelled otherwise',
      peer: '2001:DB8:0:0::5',
      header: '198.51.100.1',
      trusting: ['2001:db8::5'],
      is: '198.51.100.1',
    },
    {
      title: 'in an IPv6 network, spelled otherwise',
      peer: 'FD00:0:0:7::1',
      header: '198.51.100.1',
      trusting: ['fd00::/8'],
      is: '198.51.100.1',
    },
    {
      title: 'in an IPv6 network that ends within a group',
      peer: '2001:db8:8fff::1',
      header: '198.51.100.1',
      trusting: ['2001:db8:8000::/36'],
      is: '198.51.100.1',
    },
    {
      title: 'beyond it',
      peer: '2001:db8:9000::1',
      header: '198.51.100.1',
      trusting: ['2001:db8:8000::/36'],
      is: '2001:db8:9000::1',
    },
    {
      title: 'in an IPv4 network as IPv6 writes it',
      peer: '10.9.9.9',
      header: '198.51.100.1',
      trusting: ['::ffff:10.0.0.0/104'],
      is: '198.51.100.1',
    },
    {
      title: 'on a trusted link',
      peer: 'fe80::1%eth0',
      header: '198.51.100.1',
      trusting: ['fe80::/10'],
      is: '198.51.100.1',
    },
  ]

  it.each(cases)('is $title', ({ peer, header, trusting, is }) => {
    expect(visitorAddress(peer, header, trusting ?? [])).toBe(is)
  })

  it.each([
    'loopback',
    '127.0.0.1',
    '10.0.0.0/8',
    '10.0.0.1/32',
    '0.0.0.0/0',
    '::1',
    '2001:db8::1',
    '2001:DB8::/32',
    'fd00::/8',
    '2001:db8::/128',
    '::/0',
    '::ffff:10.0.0.0/104',
  ])('can be trusted by the name %j', (name) => {
    expect(isTrustable(name)).toBe(true)
  })

  it.each([
    'nonsense',
    'proxy.brand.example',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.010',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/x',
    '10.0.0.1:443',
    '2001:db8::g',
    '2001:db8::/129',
    '2001:db8::/',
    '[2001:db8::1]',
    'fe80::1%eth0',
    // Covers all of IPv4 and more, where the /8 of 10.0.0.0 was meant.
    '::ffff:10.0.0.0/8',
    '*',
    '',
  ])('cannot be trusted by the name %j', (name) => {
    expect(isTrustable(name)).toBe(false)
  })
})

describe('the network of an address', () => {
  const cases: readonly {
    readonly title: string
    readonly of: readonly string[]
    readonly narrow: string
    readonly wide: string | null
  }[] = [
    {
      title: 'is the address alone in IPv4, however it is written',
      of: ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:C000:0201', '0:0:0:0:0:ffff:192.0.2.1'],
      narrow: '192.0.2.1/32',
      wide: null,
    },
    {
      title: 'is the /64 and the /48 in IPv6, however it is written',
      of: ['2001:db8:1:2:3:4:5:6', '2001:0DB8:0001:0002::6', '2001:db8:1:2::', '2001:db8:1:2::192.0.2.1'],
      narrow: '2001:db8:1:2/64',
      wide: '2001:db8:1/48',
    },
    {
      title: 'counts the zeros that a gap stands for',
      of: ['2001:db8::', '2001:db8::1', '2001:db8:0:0:1::'],
      narrow: '2001:db8:0:0/64',
      wide: '2001:db8:0/48',
    },
    { title: 'ends within a gap', of: ['2001:db8:0:1::1'], narrow: '2001:db8:0:1/64', wide: '2001:db8:0/48' },
    { title: 'has no zone', of: ['fe80::1%eth0', 'fe80::1'], narrow: 'fe80:0:0:0/64', wide: 'fe80:0:0/48' },
    { title: 'may begin with zeros', of: ['::1'], narrow: '0:0:0:0/64', wide: '0:0:0/48' },
    {
      title: 'is the IPv4 address behind a translator (RFC 6052): there all of IPv4 lies in one /64',
      of: ['64:ff9b::192.0.2.1', '64:FF9B::c000:201', '0064:ff9b:0:0:0:0:c000:0201'],
      narrow: '192.0.2.1/32',
      wide: null,
    },
    {
      title: 'is the IPv4 address behind 6to4 (RFC 3056): it alone has a /48',
      of: ['2002:c000:201::1', '2002:c000:0201:ffff::2'],
      narrow: '192.0.2.1/32',
      wide: null,
    },
    {
      title: 'is the IPv4 address behind Teredo (RFC 4380), whichever server it uses',
      of: ['2001:0:c633:6401:0:c350:3fff:fdfe', '2001:0:cb00:7101:8000:1:3fff:fdfe'],
      narrow: '192.0.2.1/32',
      wide: null,
    },
    {
      title: 'is not taken for Teredo next door',
      of: ['2001:1::1'],
      narrow: '2001:1:0:0/64',
      wide: '2001:1:0/48',
    },
  ]

  it.each(cases)('$title', ({ of, narrow, wide }) => {
    for (const address of of) expect(networksOf(address), address).toEqual({ narrow, wide })
  })

  it('is one and the same for all who come from nowhere', () => {
    expect(networksOf(null)).toEqual({ narrow: 'unknown', wide: null })
    expect(networksOf('nonsense')).toEqual(networksOf(null))
  })
})

describe('what a list keeps of an address', () => {
  const cases: readonly { readonly address: string; readonly truncated: string; readonly full: string }[] = [
    { address: '192.0.2.77', truncated: '192.0.2.0', full: '192.0.2.77' },
    { address: '::FFFF:192.0.2.77', truncated: '192.0.2.0', full: '192.0.2.77' },
    { address: '::ffff:c000:24d', truncated: '192.0.2.0', full: '192.0.2.77' },
    { address: '2001:DB8:1:2:3:4:5:6', truncated: '2001:db8:1::', full: '2001:db8:1:2:3:4:5:6' },
    { address: '2001:db8::1%eth0', truncated: '2001:db8::', full: '2001:db8::1' },
    { address: '2001:db8:1::192.0.2.1', truncated: '2001:db8:1::', full: '2001:db8:1::c000:201' },
    // The first 48 bits of these contain the person's whole IPv4 address.
    { address: '2002:c000:24d::1', truncated: '192.0.2.0', full: '2002:c000:24d::1' },
    { address: '64:ff9b::192.0.2.77', truncated: '192.0.2.0', full: '64:ff9b::c000:24d' },
  ]

  it.each(cases)('of $address: nothing, $truncated, or $full', ({ address, truncated, full }) => {
    expect(storedAddress(address, 'none')).toBeNull()
    expect(storedAddress(address, 'truncated')).toBe(truncated)
    expect(storedAddress(address, 'full')).toBe(full)
  })

  it('of no address is nothing', () => {
    for (const setting of ['none', 'truncated', 'full'] as const) {
      expect(storedAddress(null, setting)).toBeNull()
      expect(storedAddress('nonsense', setting)).toBeNull()
    }
  })
})

describe('the allowances of a network', () => {
  const door = { name: 'door', most: 20, seconds: 600 }
  const evening = new Date('2026-06-01T23:59:59Z')
  const morning = new Date('2026-06-02T00:00:00Z')
  const from = (address: string | null, now = evening, vault = vaultOf(1)) =>
    networkAllowances(vault, { address, now }, [door])

  it('are one in IPv4, and one for the /64 and five times as many for the /48 in IPv6', () => {
    expect(from('192.0.2.1').map(({ window }) => window)).toEqual([door])
    expect(from('2001:db8::1').map(({ window }) => window)).toEqual([
      door,
      { name: 'door:wide', most: 100, seconds: 600 },
    ])
  })

  it('are counted under a key of the day and of the deployment', () => {
    expect(from('192.0.2.1')).toEqual(from('::ffff:192.0.2.1'))
    expect(from('192.0.2.1', morning)).not.toEqual(from('192.0.2.1'))
    expect(from('192.0.2.1', evening, vaultOf(2))).not.toEqual(from('192.0.2.1'))
  })

  it('have at most 262,144 rows a window: 18 bits of a hash, whatever an IPv6 /32 brings along', () => {
    for (let at = 0; at < 1000; at += 1)
      for (const { hash } of from(`2001:db8:${at.toString(16)}::1`)) {
        expect(hash).toHaveLength(3)
        expect((hash[2] ?? 0) & 0b0011_1111).toBe(0)
      }
  })

  it('of a sign-up are by ten minutes and by day, fewer without the page', () => {
    const asked = { address: '2001:db8::1', limitPerNetwork: 5, now: evening }
    const windows = (manner: SignupManner) =>
      signupAllowances(vaultOf(1), { ...asked, manner }).map(({ window }) => window)
    expect(windows('stamped')).toEqual([
      { name: 'signups:10m', most: 5, seconds: 600 },
      { name: 'signups:10m:wide', most: 25, seconds: 600 },
      { name: 'signups:day', most: 50, seconds: 86_400 },
      { name: 'signups:day:wide', most: 250, seconds: 86_400 },
    ])
    expect(windows('bare').slice(0, 2)).toEqual([
      { name: 'signups:10m:bare', most: 2, seconds: 600 },
      { name: 'signups:10m:bare:wide', most: 10, seconds: 600 },
    ])
    expect(signupAllowances(vaultOf(1), { ...asked, manner: 'stamped', limitPerNetwork: 0 })).toEqual([])
  })
})
