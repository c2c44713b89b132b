// pure · input schemas of a saved segment
import * as z from 'zod'
import { line } from '../platform/form.ts'

/** Validated by segments/filter, which knows the fields of the list; this shape is for the API documentation. */
export const filterShape = z.unknown().meta({
  id: 'Filter',
  type: 'object',
  description:
    'Groups `{"all": […]}` (empty: everyone), `{"any": […]}`, `{"not": …}`, up to 8 deep and 100 in all, of conditions: `{"field": "country", "is": "PL"}` (also `is_not`, `in`, `gt`, `gte`, `lt`, `lte`, `contains`, `exists`; only `exists` on protected fields), `{"tag": "vip"}`, `{"locale": "pl"}`, `{"purpose": "clicks"}`, `{"mailbox": "gmail"}`, `{"grade": "B"}` (at least), `{"confirmed": {"before": "…", "after": "…", "within_days": 30}}`, `{"received": "<campaign>"}` (of the same list; nobody received another one).',
  examples: [{ all: [{ field: 'country', is: 'PL' }, { not: { tag: 'vip' } }] }],
})
const list = z.string().max(100).describe('Slug or id of a list.')

export const segmentInput = z
  .strictObject({ name: line(120), list, filter: filterShape })
  .meta({ id: 'SegmentInput' })
export const segmentChange = z
  .strictObject({ name: line(120).optional(), filter: filterShape.optional() })
  .meta({ id: 'SegmentChange' })
export const previewInput = z.strictObject({ list, filter: filterShape }).meta({ id: 'SegmentPreview' })

export interface Segment {
  readonly id: string
  /** The number of the list. */
  readonly list: number
  readonly name: string
  readonly filter: unknown
  readonly createdAt: Date
  readonly updatedAt: Date
}
