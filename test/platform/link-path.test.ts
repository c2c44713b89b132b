// pure · links copied out of a text with the punctuation behind them
import { describe, expect, it } from 'vitest'
import { pathOfLink } from '../../src/platform/vault/link-path.ts'

const token = `AQ-_${'aZ09'.repeat(10)}`
const hash = 'B'.repeat(43)

const links = [
  `/c/${token}`,
  `/u/${token}`,
  `/p/${token}`,
  `/console/sign-in/${token}`,
  `/n/${hash}`,
  '/s/garden-letter',
  '/s/garden-letter/sent',
]
const behind = [
  '.',
  ',',
  ';',
  ':',
  '!',
  ')',
  ']',
  '}',
  '>',
  '"',
  "'",
  '/',
  '*',
  '...',
  ').',
  '>,',
  '//',
  '/.',
  '”',
  '»',
  '…',
]

describe('a link with punctuation behind it', () => {
  it.each(links)('is understood as it was written: %s', (path) => {
    for (const signs of behind)
      for (const spelled of [signs, encodeURIComponent(signs), encodeURIComponent(signs).toLowerCase()])
        expect(pathOfLink(`${path}${spelled}`), spelled).toBe(path)
    expect(pathOfLink(path)).toBe(path)
  })
})

describe('what is more than punctuation', () => {
  it.each([
    ...[...'Aa0-_', '=', '%0d%0a', '%00', '.x', '/x', '%20x', '.%ff', '%2', '%'].map(
      (rest) => `/u/${token}${rest}`,
    ),
    `/u/${token.slice(1)}.`,
    `/n/${hash}/x`,
    '/s/garden-letter/brand.css',
    '/s/garden-letter/elsewhere.',
    '/s/garden%20letter',
    '/assets/public.css.',
    `/x/${token}.`,
    '/',
    '/u/.',
    '/s/.',
  ])('is left as it is: %s', (path) => {
    expect(pathOfLink(path)).toBe(path)
  })

  it('is decided in one pass over long paths', () => {
    const long = `/u/${token}${'.'.repeat(100_000)}x`
    expect(pathOfLink(long)).toBe(long)
  })
})
