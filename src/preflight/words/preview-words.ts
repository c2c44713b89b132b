// shell · the words of a campaign as a mail, with what would be said of them; nothing is saved
import { type Addressee, renderMail } from '../../campaigns/render.ts'
import { checkWriting } from '../../campaigns/writing/check.ts'
import type { Writing } from '../../campaigns/writing/content.ts'
import { inTurn } from '../../campaigns/writing/in-turn.ts'
import { compile } from '../../delivery/render/compile.ts'
import type { List } from '../../lists/list.ts'
import type { Deps } from '../../platform/deps.ts'
import { DomainError } from '../../platform/errors.ts'
import { linksOf } from '../links.ts'
import { mailOfWire, type PreviewedMail, sampleReader } from '../preview.ts'
import { sampleAddress } from '../sample.ts'
import {
  places,
  type Remark,
  remarkOfFault,
  remarksOfChecks,
  remarksOnMail,
  remarksOnSource,
} from './remarks.ts'

export interface WordsPreview {
  /** Null where the subject has a fault. */
  readonly subject: string | null
  /** Null where the body has a fault. */
  readonly mail: PreviewedMail | null
  /** What blocks a save first, then the rest in the order of the mail. */
  readonly remarks: readonly Remark[]
}

/** Throws `rate_limited` for too many renderings at once. `reader`: null for the sample person. */
export async function previewWords(
  deps: Deps,
  about: { writing: Writing; list: List; reader: Addressee | null },
): Promise<WordsPreview> {
  const complete = await sampleReader(deps, about.list, 'complete')
  const bare = await sampleReader(deps, about.list, 'bare')
  return inTurn(deps, () => lookAt(deps, about, [about.reader ?? complete, complete, bare]))
}

function lookAt(
  deps: Deps,
  { writing, list }: { writing: Writing; list: List },
  readers: readonly Addressee[],
): WordsPreview {
  const faults = checkWriting(writing, list.fields).map(remarkOfFault)
  const readable = places.filter((place) => faults.every(({ where }) => where !== place))
  const onSource = remarksOnSource(writing, list, readable)
  const isWhole = readable.includes('content.body') && faults.every(({ where }) => where !== null)
  const rendered = isWhole ? renderAll(deps, { writing: withStandIns(writing, readable), list, readers }) : []
  if (rendered instanceof DomainError) {
    const remarks = [...faults, ...rendered.faults.map(remarkOfFault), ...onSource]
    return { subject: null, mail: null, remarks }
  }
  const [mail, complete, bare] = rendered
  if (mail === undefined || complete === undefined || bare === undefined)
    return { subject: null, mail: null, remarks: [...faults, ...onSource] }
  const { checks } = linksOf(
    { complete: complete.html, bare: bare.html },
    deps.config.publicUrl,
    sampleAddress,
  )
  return {
    subject: readable.includes('subject') ? mail.subject : null,
    mail,
    remarks: [
      ...faults,
      ...onSource,
      ...remarksOfChecks(checks, 'content.body'),
      ...remarksOnMail(mail, list.controller.address),
    ],
  }
}

/** So that the body shows while there is no subject yet. */
const withStandIns = (writing: Writing, readable: readonly string[]): Writing => ({
  subject: readable.includes('subject') ? writing.subject : '(no subject yet)',
  preheader: readable.includes('preheader') ? writing.preheader : '',
  content: writing.content,
})

/**
 * To each reader; compiled once. An error: too large with
 * the names of the list, or a fault of the body beyond the number of faults that a check names.
 */
function renderAll(
  deps: Deps,
  { writing, list, readers }: { writing: Writing; list: List; readers: readonly Addressee[] },
): readonly PreviewedMail[] | DomainError {
  try {
    const compiled = compile(deps, { id: deps.ids(), ...writing }, list)
    return readers.map((one) => mailOfWire(renderMail(compiled, one)))
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid') return error
    throw error
  }
}
