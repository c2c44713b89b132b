// adapter · npm run assent -- setup: an empty PostgreSQL of one's own becomes ready, with two roles, as docs/deploy-workers.md says
import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { runScript } from '../support/script.ts'

const name = `own_${randomBytes(4).toString('hex')}`
const owner = `${name}_owner`
const app = `${name}_app`
const poor = `${name}_poor`

let admin: postgres.Sql
let base = ''

/** The database as somebody. */
const urlOf = (role: string, password: string): string =>
  Object.assign(new URL(base), { username: role, password, pathname: `/${name}` }).href

beforeAll(async () => {
  const cluster = inject('cluster')
  if (!cluster.ready) throw new Error(cluster.reason)
  base = cluster.adminUrl
  admin = postgres(Object.assign(new URL(base), { pathname: '/postgres' }).href, {
    max: 1,
    onnotice: () => {},
  })
  await admin.unsafe(`create role ${owner} login createrole password 'owner-password'`)
  await admin.unsafe(`create role ${poor} login password 'poor-password'`)
  await admin.unsafe(`create database ${name} owner ${owner}`)
})
afterAll(async () => {
  await admin.unsafe(`drop database if exists ${name} with (force)`)
  for (const role of [app, owner, poor]) await admin.unsafe(`drop role if exists ${role}`)
  await admin.end()
})

const assent = (command: string, by: { role: string; password: string }) =>
  runScript('assent', [command, '--json'], {
    DATABASE_URL: urlOf(app, 'an-app-password'),
    MIGRATE_DATABASE_URL: urlOf(by.role, by.password),
    SECRET: Buffer.alloc(32, 1).toString('base64'),
  })

describe('an empty database of one’s own', () => {
  it('is refused to whoever may not make roles, with what an administrator has to run', async () => {
    const ended = await assent('setup', { role: poor, password: 'poor-password' })
    expect(ended.code).toBe(1)
    expect(ended.stderr).toContain(`create role "${app}" login password`)
    expect(ended.stderr).not.toContain('an-app-password')
  })

  it('gets its second role and its tables, and keeps everything that the two roles promise', async () => {
    const by = { role: owner, password: 'owner-password' }
    const ended = await assent('setup', by)
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(ended.stdout)).toEqual({
      ok: true,
      role: app,
      owner_link: expect.stringMatching(/\/console\/sign-in\/[\w-]{44}$/),
    })
    const [rights] = await admin<{ connect: boolean }[]>`
      select has_database_privilege('public', ${name}, 'connect') as connect`
    expect(rights?.connect).toBe(false)
    const doctor = await assent('doctor', by)
    expect(JSON.parse(doctor.stdout)).toMatchObject({ ok: true })
  })

  it('is left as it is by a second time', async () => {
    const ended = await assent('setup', { role: owner, password: 'owner-password' })
    expect(ended).toMatchObject({ code: 0, stderr: '' })
  })
})
