// pure · a saved segment at the border
import * as z from 'zod'
import { line } from '../platform/form.ts'

export const segmentInput = z.strictObject({
  name: line(120),
  list: z.string().max(100),
  filter: z.unknown(),
})
export const segmentChange = z.strictObject({ name: line(120).optional(), filter: z.unknown().optional() })
export const previewInput = z.strictObject({ list: z.string().max(100), filter: z.unknown() })

export interface Segment {
  readonly id: string
  /** The number of the list. */
  readonly list: number
  readonly name: string
  readonly filter: unknown
  readonly createdAt: Date
  readonly updatedAt: Date
}
