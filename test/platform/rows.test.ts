// sql · every kind of value comes out of PostgreSQL as it went in, and a row that does not fit its schema goes no further
import { type SQL, sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { type OpenDatabase, openDatabase } from '../../src/platform/database/database.ts'
import { readPrepared } from '../../src/platform/database/prepared.ts'
import { readRow, readRows } from '../../src/platform/database/rows.ts'
import {
  jsonMoment,
  jsonOctets,
  moment,
  octets,
  texts,
  whole,
  wholes,
} from '../../src/platform/database/values.ts'
import { describeError } from '../../src/platform/failures.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let opened: OpenDatabase
beforeAll(async () => {
  database = await createDatabase()
  opened = openDatabase(database.appUrl, { connections: 1 })
})
afterAll(async () => {
  await opened?.close()
  await database?.drop()
})

const answerTo = async (schema: z.ZodType, value: SQL): Promise<unknown> =>
  (await readRow(opened.db, z.object({ value: schema }), sql`select ${value} as value`))?.value

/** A text as PostgreSQL quotes one in an array. */
const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`

describe('a value of PostgreSQL', () => {
  const at = new Date('2026-11-29T19:20:41.123Z')
  const early = new Date('1969-12-31T23:59:59.900Z')
  const zeros = new Uint8Array([0, 1, 0, 255, 0])

  it.each<[string, z.ZodType, SQL, unknown]>([
    ['integer', whole, sql`-7`, -7],
    ['bigint, at the top of what a number holds', whole, sql`9007199254740991::bigint`, 9007199254740991],
    ['bigint, at the bottom', whole, sql`(-9007199254740991)::bigint`, -9007199254740991],
    ['float8', z.number(), sql`0.1::float8`, 0.1],
    ['boolean', z.boolean(), sql`false`, false],
    [
      'uuid',
      z.string(),
      sql`'0193a8f0-0000-7ce1-8589-392cef22bc5c'::uuid`,
      '0193a8f0-0000-7ce1-8589-392cef22bc5c',
    ],
    ['a text that looks like an array', z.string(), sql`'{1,2}'::text`, '{1,2}'],
    ['jsonb', z.unknown(), sql`'{"a": [1, null]}'::jsonb`, { a: [1, null] }],
    ['null', whole.nullable(), sql`null::bigint`, null],
    ['timestamptz with milliseconds', moment, sql`${at.toISOString()}::timestamptz`, at],
    [
      'timestamptz without',
      moment,
      sql`'2026-11-29T19:20:41Z'::timestamptz`,
      new Date('2026-11-29T19:20:41Z'),
    ],
    ['timestamptz before 1970', moment, sql`${early.toISOString()}::timestamptz`, early],
    ['bytea with zeros', octets, sql`'\\x000100ff00'::bytea`, zeros],
    ['bytea without an octet', octets, sql`''::bytea`, new Uint8Array()],
    ['bigint[]', wholes, sql`'{1,-2,9007199254740991}'::bigint[]`, [1, -2, 9007199254740991]],
    ['integer[]', wholes, sql`array[3, 4]`, [3, 4]],
    ['an empty array', wholes, sql`'{}'::bigint[]`, []],
    ['null in an array', z.array(whole.nullable()), sql`array[1, null, 2]`, [1, null, 2]],
    [
      'uuid[]',
      texts,
      sql`array['0193a8f0-0000-7ce1-8589-392cef22bc5c'::uuid]`,
      ['0193a8f0-0000-7ce1-8589-392cef22bc5c'],
    ],
    ['boolean[]', z.array(z.boolean()), sql`array[true, false]`, [true, false]],
    ['timestamptz[]', z.array(moment), sql`array[${at.toISOString()}::timestamptz]`, [at]],
    ['bytea[]', z.array(octets), sql`array['\\x000100ff00'::bytea, '\\x'::bytea]`, [zeros, new Uint8Array()]],
    [
      'null and the word, in one array',
      z.array(z.string().nullable()),
      sql`array['NULL', null, 'null', '']`,
      ['NULL', null, 'null', ''],
    ],
    [
      'timestamptz within JSON',
      z.object({ at: jsonMoment }),
      sql`json_build_object('at', ${at.toISOString()}::timestamptz)`,
      { at },
    ],
    [
      'bytea within JSON',
      z.object({ of: jsonOctets }),
      sql`json_build_object('of', '\\x000100ff00'::bytea)`,
      { of: zeros },
    ],
  ])('%s', async (_, schema, asked, expected) => {
    expect(await answerTo(schema, asked)).toStrictEqual(expected)
  })

  it.each([
    'one, two',
    'she said "no"',
    'back\\slash\\',
    '{braces}',
    'NULL',
    ' ',
    '',
    'two\nlines',
    'żółw 🐢',
  ])('text[] that holds %j', async (text) => {
    const array = `{${[text, 'next', text].map(quoted).join(',')}}`
    expect(await answerTo(texts, sql`${array}::text[]`)).toEqual([text, 'next', text])
  })

  it('text[] of whatever texts', async () => {
    const letters = fc.string({ unit: fc.constantFrom(...'aN,"\\{} \n\tULé'), maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(letters, fc.constant('NULL')), { maxLength: 5 }), async (all) => {
        const array = `{${all.map(quoted).join(',')}}`
        expect(await answerTo(texts, sql`${array}::text[]`)).toEqual(all)
      }),
      { numRuns: 100 },
    )
  })

  it('is the same in a transaction and in a statement that is prepared', async () => {
    const row = z.object({ at: moment, ids: wholes, of: octets })
    const asked = sql`select ${at.toISOString()}::timestamptz as at, '{1,2}'::bigint[] as ids, '\\x00'::bytea as of`
    const expected = [{ at, ids: [1, 2], of: new Uint8Array([0]) }]
    expect(await opened.db.transaction((tx) => readRows(tx, row, asked))).toStrictEqual(expected)
    expect(await readPrepared(opened.db, row, asked)).toStrictEqual(expected)
  })

  it('is undefined where there is no row, and the first where there are several', async () => {
    const row = z.object({ n: whole })
    expect(await readRow(opened.db, row, sql`select 1 as n where false`)).toBeUndefined()
    expect(await readRow(opened.db, row, sql`select n from generate_series(4, 6) as n`)).toEqual({ n: 4 })
  })
})

describe('a row that does not fit its schema', () => {
  const address = 'anna@example.pl'
  const refused = async (schema: z.ZodType, value: SQL): Promise<unknown> =>
    readRows(opened.db, z.object({ id: whole, owner: schema }), sql`select 1 as id, ${value} as owner`).then(
      () => null,
      (error: unknown) => error,
    )

  it.each<[string, z.ZodType, SQL, string]>([
    ['a text for a number', whole, sql`${address}::text`, 'owner should be number'],
    ['null', z.string(), sql`null::text`, 'owner should be string'],
    ['a word that is none of them', z.enum(['open', 'shut']), sql`${address}::text`, 'owner is refused'],
    ['an array of something else', wholes, sql`array[${address}]::text[]`, 'owner is refused'],
    [
      'a key in JSON',
      z.record(z.string(), whole),
      sql`json_build_object(${address}::text, 'x')`,
      'owner is refused',
    ],
    [
      'JSON with a key too many',
      z.strictObject({}),
      sql`json_build_object(${address}::text, 1)`,
      'owner is refused',
    ],
    ['a bigint that no number holds', whole, sql`9007199254740993::bigint`, 'owner'],
    ['the end of time', moment, sql`'infinity'::timestamptz`, 'owner should be date'],
    ['an array of arrays', wholes, sql`array[array[1], array[2]]`, 'owner should be array'],
  ])('is an error that names the column and never the value: %s', async (_, schema, value, message) => {
    const error = await refused(schema, value)
    expect(String(error)).toContain(message)
    expect(describeError(error)).toMatchObject({ error: 'RowMisfit', code: 'column owner' })
    expect([String(error), JSON.stringify(error), JSON.stringify(describeError(error))].join()).not.toMatch(
      /anna|example|9007199254740993/,
    )
  })

  it('names a column that the statement does not select', async () => {
    await expect(
      readRows(opened.db, z.object({ id: whole, uid: z.string() }), sql`select 1 as id`),
    ).rejects.toThrow('A row does not fit: uid should be string.')
  })

  it('names every column that is wrong', async () => {
    const row = z.object({ a: whole, b: whole, c: whole })
    await expect(readRows(opened.db, row, sql`select 'x' as a, 1 as b, null as c`)).rejects.toThrow(
      'A row does not fit: a should be number, c should be number.',
    )
  })
})
