// web · what the API will hold: said in so many words until it does
import * as z from 'zod'
import { notAvailableYet } from '../platform/errors.ts'
import { endpoint } from './endpoint.ts'

const later = (method: 'GET' | 'POST' | 'DELETE', path: string, summary: string, what: string): void =>
  endpoint({ method, path, permission: 'lists.write', summary, body: z.unknown() }, async () => {
    throw notAvailableYet('', what)
  })

later('GET', '/suppressions', 'All suppressions', 'The list of suppressions')
later('POST', '/suppressions', 'Suppress an address', 'Suppressing an address by hand')
later('DELETE', '/suppressions/:id', 'Lift a suppression', 'Lifting a suppression')
