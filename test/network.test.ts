// pure · who is at the other end, and which network that is
import { describe, expect, it } from 'vitest'
import { isTrustable, visitorAddress } from '../src/platform/peer.ts'
import { networkAllowances, networksOf, storedAddress } from '../src/signup/network.ts'
import { vaultOf } from './support/vault.ts'

describe('the visitor behind a connection', () => {
  const rows: readonly (readonly [
    string | undefined,
    string | undefined,
    readonly string[],
    string | null,
  ])[] = [
    [undefined, '198.51.100.1', ['loopback'], null],
    ['192.0.2.1', undefined, [], '192.0.2.1'],
    ['192.0.2.1', '198.51.100.1', [], '192.0.2.1'],
    ['::ffff:192.0.2.1', undefined, [], '192.0.2.1'],
    ['::FFFF:127.0.0.1', '198.51.100.1', ['127.0.0.1'], '198.51.100.1'],
    ['127.0.0.1', '198.51.100.1', ['loopback'], '198.51.100.1'],
    ['127.9.9.9', '198.51.100.1', ['loopback'], '198.51.100.1'],
    ['::1', '198.51.100.1', ['loopback'], '198.51.100.1'],
    ['128.0.0.1', '198.51.100.1', ['loopback'], '128.0.0.1'],
    ['10.0.0.1', '198.51.100.1', ['10.0.0.1'], '198.51.100.1'],
    ['10.0.0.2', '198.51.100.1', ['10.0.0.1'], '10.0.0.2'],
    ['10.0.0.1', '203.0.113.1, 198.51.100.1', ['10.0.0.1'], '198.51.100.1'],
    ['10.0.0.1', '203.0.113.1, 10.0.0.2', ['10.0.0.0/8'], '203.0.113.1'],
    ['10.0.0.1', '203.0.113.1,198.51.100.1 ,  10.0.0.2', ['10.0.0.0/8'], '198.51.100.1'],
    ['10.0.0.1', '10.0.0.3, 10.0.0.2', ['10.0.0.0/8'], '10.0.0.3'],
    ['10.0.0.1', '198.51.100.1:50001', ['10.0.0.0/8'], '198.51.100.1'],
    ['10.0.0.1', '[2001:db8::1]:50001', ['10.0.0.0/8'], '2001:db8::1'],
    ['10.0.0.1', '[::ffff:198.51.100.1]:50001', ['10.0.0.0/8'], '198.51.100.1'],
    ['10.0.0.1', '2001:db8::1', ['10.0.0.0/8'], '2001:db8::1'],
    ['2001:db8::5', '198.51.100.1', ['2001:db8::5'], '198.51.100.1'],
    ['10.0.0.1', 'unknown', ['10.0.0.0/8'], '10.0.0.1'],
    ['10.0.0.1', '', ['10.0.0.0/8'], '10.0.0.1'],
    ['10.0.0.1', '<script>, _hidden', ['10.0.0.0/8'], '10.0.0.1'],
    ['10.0.0.1', '198.51.100.1, ', ['10.0.0.0/8'], '10.0.0.1'],
    ['11.0.0.1', '198.51.100.1', ['10.0.0.0/8'], '11.0.0.1'],
    ['10.0.0.129', '198.51.100.1', ['10.0.0.128/25'], '198.51.100.1'],
    ['10.0.0.127', '198.51.100.1', ['10.0.0.128/25'], '10.0.0.127'],
    ['192.0.2.1', '198.51.100.1', ['0.0.0.0/0'], '198.51.100.1'],
  ]

  it.each(rows)('%s saying %j, trusting %j, is %s', (peer, header, trusted, visitor) => {
    expect(visitorAddress(peer, header, trusted)).toBe(visitor)
  })

  it.each([
    ['loopback', true],
    ['127.0.0.1', true],
    ['10.0.0.0/8', true],
    ['10.0.0.1/32', true],
    ['0.0.0.0/0', true],
    ['::1', true],
    ['2001:db8::1', true],
    ['nonsense', false],
    ['proxy.brand.example', false],
    ['10.0.0', false],
    ['10.0.0.256', false],
    ['10.0.0.0/33', false],
    ['10.0.0.0/', false],
    ['10.0.0.0/8/8', false],
    ['10.0.0.0/x', false],
    ['2001:db8::/32', false],
    ['2001:db8::g', false],
    ['*', false],
    ['', false],
  ])('can be trusted by the name %j: %s', (name, trustable) => {
    expect(isTrustable(name)).toBe(trustable)
  })
})

describe('the network of an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1/32', null],
    ['::ffff:192.0.2.1', '192.0.2.1/32', null],
    ['::FFFF:192.0.2.1', '192.0.2.1/32', null],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2/64', '2001:db8:1/48'],
    ['2001:0DB8:0001:0002::6', '2001:db8:1:2/64', '2001:db8:1/48'],
    ['2001:db8::', '2001:db8:0:0/64', '2001:db8:0/48'],
    ['2001:db8::1', '2001:db8:0:0/64', '2001:db8:0/48'],
    ['2001:db8:0:1::1', '2001:db8:0:1/64', '2001:db8:0/48'],
    ['::1', '0:0:0:0/64', '0:0:0/48'],
    ['fe80::1%eth0', 'fe80:0:0:0/64', 'fe80:0:0/48'],
    ['1:2:3:4:5:6:7::', '1:2:3:4/64', '1:2:3/48'],
  ])('%s lies in %s and %s', (address, narrow, wide) => {
    expect(networksOf(address)).toEqual({ narrow, wide })
  })

  it.each([
    ['192.0.2.77', 'none', null],
    ['192.0.2.77', 'full', '192.0.2.77'],
    ['192.0.2.77', 'truncated', '192.0.2.0'],
    ['::ffff:192.0.2.77', 'truncated', '192.0.2.0'],
    ['2001:db8:1:2:3:4:5:6', 'truncated', '2001:db8:1::'],
    ['2001:db8:1:2:3:4:5:6', 'none', null],
  ] as const)('is kept as the list says: %s, %s: %s', (address, setting, kept) => {
    expect(storedAddress(address, setting)).toBe(kept)
    expect(storedAddress(null, setting)).toBeNull()
  })

  it('counts once per window and day, with another hash tomorrow', () => {
    const from = { address: '192.0.2.1', stamped: true, limitPerNetwork: 5 }
    const today = networkAllowances(vaultOf(1), { ...from, now: new Date('2026-06-01T23:59:59Z') })
    const tomorrow = networkAllowances(vaultOf(1), { ...from, now: new Date('2026-06-02T00:00:00Z') })
    expect(today.map(({ window }) => window)).toEqual([
      { name: 'signups:10m', most: 5, seconds: 600 },
      { name: 'signups:day', most: 20, seconds: 86_400 },
    ])
    expect(today[0]?.hash).toEqual(today[1]?.hash)
    expect(today[0]?.hash).not.toEqual(tomorrow[0]?.hash)
    expect(
      networkAllowances(vaultOf(2), { ...from, now: new Date('2026-06-01T23:59:59Z') })[0]?.hash,
    ).not.toEqual(today[0]?.hash)
  })
})
