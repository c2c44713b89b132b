// pure · checks of a draft before it is saved: readable, and not larger than a mail may be
import type { Field } from '../../lists/list.ts'
import type { Fault } from '../../platform/errors.ts'
import { footerWords } from '../render/footer.ts'
import { TooMuch } from '../render/measure.ts'
import { compileCampaign } from '../render.ts'
import { checkContent, type Writing } from './content.ts'

/** Runs checkContent, then compiles a text without faults for a subscriber without fields. */
export function checkWriting(writing: Writing, fields: readonly Pick<Field, 'key'>[]): readonly Fault[] {
  const faults = checkContent(writing, fields)
  return faults.length > 0 ? faults : tooMuchIn(writing)
}

function tooMuchIn(writing: Writing): readonly Fault[] {
  try {
    compileCampaign({ ...standIn, writing })
    return []
  } catch (error) {
    if (error instanceof TooMuch) return error.faults
    throw error
  }
}

/** A real list's names and addresses add some kilobytes, checked again at launch. */
const standIn = {
  id: '',
  from: { name: '', email: 'news@example.com' },
  replyTo: null,
  list: {
    id: '',
    slug: 'list',
    name: 'List',
    controller: { name: '', address: '', contact_email: 'mail@example.com' },
  },
  words: { en: footerWords('en', undefined, 'en') },
  defaultLocale: 'en',
  publicUrl: 'https://example.com',
  setsMessageId: false,
} as const
