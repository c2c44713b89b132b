// web · what the API will hold: said in so many words until it does
import * as z from 'zod'
import { notAvailableYet } from '../platform/errors.ts'
import { endpoint } from './endpoint.ts'

const later = (method: 'GET', path: string, what: string): void =>
  endpoint({ method, path, permission: 'lists.write', body: z.unknown() }, async () => {
    throw notAvailableYet('', what)
  })

later('GET', '/audit', 'The audit log')
