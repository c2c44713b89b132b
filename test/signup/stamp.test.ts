// pure · proofs that a page was opened before its post: the stamp of a form, the nonce of a button
import { describe, expect, it } from 'vitest'
import { makeNonce, readNonce } from '../../src/platform/vault/nonce.ts'
import { ageOfStamp, makeStamp, openStamp } from '../../src/signup/stamp.ts'
import { vaultOf } from '../support/vault.ts'

describe('the stamp of a form', () => {
  const shown = { list: 'list-1', notice: 'bm90aWNl', at: new Date('2026-06-01T09:00:00.123Z') }
  const stamp = makeStamp(vaultOf(1), shown)

  it('says when the form was shown, and with which notice', () => {
    expect(openStamp(vaultOf(1), 'list-1', stamp)).toEqual({ at: shown.at, notice: shown.notice })
  })

  it('belongs to one list of one deployment', () => {
    expect(openStamp(vaultOf(1), 'list-2', stamp)).toBeNull()
    expect(openStamp(vaultOf(2), 'list-1', stamp)).toBeNull()
  })

  it('is nothing once a character of it was changed, cut or added', () => {
    for (let place = 0; place < stamp.length; place += 1) {
      const other = stamp[place] === 'a' ? 'b' : 'a'
      const changed = `${stamp.slice(0, place)}${other}${stamp.slice(place + 1)}`
      expect(openStamp(vaultOf(1), 'list-1', changed), `place ${place}`).toBeNull()
      expect(openStamp(vaultOf(1), 'list-1', stamp.slice(0, place))).toBeNull()
    }
    for (const more of ['.', '.x', 'A', '=', ' ', '\0'])
      expect(openStamp(vaultOf(1), 'list-1', `${stamp}${more}`)).toBeNull()
    for (const other of ['', '.', '..', 'a.b.c', '__proto__', 'x'.repeat(100_000)])
      expect(openStamp(vaultOf(1), 'list-1', other)).toBeNull()
  })

  it.each([
    [0, 'hasty'],
    [1.999, 'hasty'],
    [2, 'fresh'],
    [7200, 'fresh'],
    [7200.001, 'old'],
    [86_400, 'old'],
    [-5, 'hasty'],
  ] as const)('is after %s seconds %s', (seconds, age) => {
    expect(ageOfStamp(shown.at, new Date(shown.at.getTime() + seconds * 1000))).toBe(age)
  })
})

describe('the nonce of a page with a button', () => {
  const at = new Date('2026-06-01T09:00:00Z')
  const after = (seconds: number): Date => new Date(at.getTime() + seconds * 1000)
  const nonce = makeNonce(vaultOf(1), 'leave 7', at)

  it.each([
    [0, 'valid'],
    [3600, 'valid'],
    [3600.001, 'old'],
    [86_400 * 400, 'old'],
    [-60, 'valid'],
    [-60.001, 'old'],
  ] as const)('is after %s seconds %s', (seconds, kind) => {
    expect(readNonce(vaultOf(1), 'leave 7', nonce, after(seconds)).kind).toBe(kind)
  })

  it('tells when its page was opened', () => {
    expect(readNonce(vaultOf(1), 'leave 7', nonce, after(5))).toEqual({ kind: 'valid', shownAt: at })
  })

  it('belongs to one page of one deployment', () => {
    expect(readNonce(vaultOf(1), 'leave 70', nonce, at).kind).toBe('foreign')
    expect(readNonce(vaultOf(1), 'preferences 7', nonce, at).kind).toBe('foreign')
    expect(readNonce(vaultOf(2), 'leave 7', nonce, at).kind).toBe('foreign')
  })

  it('is foreign once a character of it was changed, cut or added', () => {
    for (let place = 0; place < nonce.length; place += 1) {
      const other = nonce[place] === 'a' ? 'b' : 'a'
      const changed = `${nonce.slice(0, place)}${other}${nonce.slice(place + 1)}`
      expect(readNonce(vaultOf(1), 'leave 7', changed, at).kind, `place ${place}`).toBe('foreign')
      expect(readNonce(vaultOf(1), 'leave 7', nonce.slice(0, place), at).kind).toBe('foreign')
    }
    for (const other of ['', '.', '..', `${nonce}.`, `${nonce}A`, `${nonce}\0`, 'x'.repeat(100_000)])
      expect(readNonce(vaultOf(1), 'leave 7', other, at).kind).toBe('foreign')
  })
})
