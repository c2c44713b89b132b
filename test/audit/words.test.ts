// pure · every act that the code writes down is read in words
import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { actWords, subjectWords } from '../../src/audit/words.ts'

/** The verbs and subjects of all calls that write an audit row. */
const written = globSync('src/**/*.{ts,tsx}').flatMap((file) => {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/verb: '([a-z_]+\.[a-z_]+)'/g)].map(([, verb = '']) => verb)
})

describe('the audit log', () => {
  it('has words for every act', () => {
    expect(written.length).toBeGreaterThan(25)
    const built = ['sending.allow', 'sending.hold', 'settings.sender', 'settings.sending']
    for (const verb of [...written, ...built]) expect(actWords(verb), verb).not.toBe(verb)
  })

  it('shows an act of a later version by its code', () => {
    expect(actWords('subject.erase')).toBe('subject.erase')
    expect(subjectWords('receipt')).toBe('receipt')
  })
})
