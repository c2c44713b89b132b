// pure · a subject as a title: no merge field is shown by its source
import { describe, expect, it } from 'vitest'
import { titleOf } from '../../src/campaigns/title.ts'

describe('the title of a campaign', () => {
  it.each([
    ['The garden in June', 'The garden in June'],
    ['', 'No subject yet'],
    ['   ', 'No subject yet'],
    ['Hello {{ subscriber.first_name }}', 'Hello ‹first name›'],
    ['Hello {{subscriber.first_name|default:"you"}}!', 'Hello ‹first name›!'],
    ['News of {{ list.name }}', 'News of ‹name›'],
    ['{{ "June" }} news', 'June news'],
    ['{% if subscriber.city %}Lund{% else %}Home{% endif %}', 'Lund / Home'],
    ['{% if subscriber.city %}Near you: {% endif %}peonies', 'Near you: peonies'],
    ['a \\{{ b', 'a {{ b'],
    ['Half {{ subscriber.', 'Half {{ subscriber.'],
  ])('%j is %j', (subject, title) => expect(titleOf(subject)).toBe(title))
})
