// What we mend in a dependency until its maintainers do. Applied after each install, checked before each start.
//
// postgres 3.4.9, when a server ends a connection (porsager/postgres issues 1066, 1154, 1208; pull requests 1168, 1209):
// - a write that was scheduled, or comes from a transaction whose connection is gone, meets no socket and ends the process;
// - a statement given to a connection between its error and its end is never answered;
// - what the server said of a statement when it ended its connection is its error, not that of the first one on the next;
// - the flag "a write is scheduled" outlives the connection, and the next one waits for ever;
// - a transaction whose connection was lost goes on with its statements on that connection's successor, perhaps in the
//   middle of somebody else's transaction.
//
// The same, behind a pooler that gives each transaction another server connection (PgBouncer in transaction mode), where
// prepared statements are not carried along (issues 93, 547):
// - commit, rollback and savepoints were prepared statements: on another connection they fail, and the transaction with them;
// - what failed in a transaction was tried again in it, after which the commit of an aborted transaction is a rollback;
// - what was tried again went out of turn, between the statements of others, and was then never answered;
// - the answer to a commit was not read: now only COMMIT is one, anything else throws (SQLSTATE 40000, transaction_rollback);
// - a statement that the server has forgotten ends all preparing in its pool: what follows is sent whole.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const modules = resolve(import.meta.dirname, '..', 'node_modules')

const connection = [
  [
    'const x = socket.write(chunk, fn)\n    nextWriteTimer !== null && clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    return x',
    "const x = chunk\n    nextWriteTimer !== null && clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    if (socket === null)\n      return error(Errors.connection('CONNECTION_CLOSED', options)), false\n    return socket.write(x, fn)",
  ],
  [
    'clearImmediate(nextWriteTimer)\n    if (socket) {',
    'clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    if (socket) {',
  ],
  [
    "clearImmediate(nextWriteTimer)\n    socket.removeListener('data', data)",
    "clearImmediate(nextWriteTimer)\n    chunk = nextWriteTimer = null\n    socket.removeListener('data', data)",
  ],
  [
    'removeAllListeners()\n    socket = null\n',
    'removeAllListeners()\n    socket = null\n    query && errorResponse && (queryError(query, errorResponse), (query = null))\n    errorResponse = null\n',
  ],
  ['    !hadError && (query || sent.length) && error(', '    ;(query || sent.length) && error('],
  [
    ': query.prepared && retryRoutines.has(errorResponse.routine)\n',
    ': query.prepared && forget(query, errorResponse) && !connection.reserved\n',
  ],
  [
    '  function retry(q, error) {\n    delete statements[q.signature]\n',
    "  function forget(q, error) {\n    if (!retryRoutines.has(error.routine))\n      return false\n    delete statements[q.signature]\n    error.routine === 'FetchPreparedStatement' && (options.prepare = false)\n    return true\n  }\n\n  function retry(q, error) {\n",
  ],
  ['q.retried = error\n    execute(q)', 'q.retried = error\n    q.handler(q)'],
]

/** What the driver writes for an identifier. */
const named = ['$', '{ sql(name) }'].join('')

const pool = [
  [
    'let savepoints = 0\n      , connection\n',
    'let savepoints = 0\n      , connection\n      , lost = null\n',
  ],
  [
    'new Promise((_, reject) => connection.onclose = reject)',
    'new Promise((_, reject) => connection.onclose = e => reject(lost = e))',
  ],
  [
    'q.catch(e => uncaughtError || (uncaughtError = e))\n        c.queue',
    'q.catch(e => uncaughtError || (uncaughtError = e))\n        if (lost)\n          return q.reject(lost)\n        c.queue',
  ],
  [`await sql\`savepoint ${named}\``, "await sql.unsafe('savepoint ' + escapeIdentifier(name))"],
  [
    `? sql\`rollback to ${named}\`\n          : sql\`rollback\`\n`,
    "? sql.unsafe('rollback to ' + escapeIdentifier(name))\n          : sql.unsafe('rollback')\n",
  ],
  [
    ': await sql`commit`\n      }\n',
    ": await sql.unsafe('commit').then(({ command }) => {\n            if (command !== 'COMMIT')\n              throw Errors.generic('40000', 'the commit was answered by ' + command)\n          })\n      }\n",
  ],
  ['  mergeUserTypes,\n', '  mergeUserTypes,\n  escapeIdentifier,\n'],
]

/** The driver is there three times: for import, for require, for workers. */
const patches = ['src', 'cjs/src', 'cf/src'].flatMap((folder) => [
  { file: `postgres/${folder}/connection.js`, edits: connection },
  { file: `postgres/${folder}/index.js`, edits: pool },
])

/** Mends what is installed, unless it is mended. Throws where the text is not the one these edits were made for. */
export async function applyPatches() {
  for (const { file, edits } of patches) {
    const path = join(modules, file)
    const text = await readFile(path, 'utf8')
    const mended = edits.reduce((before, [broken, whole]) => replaceOnce(file, before, broken, whole), text)
    if (mended === text) continue
    const draft = `${path}.${process.pid}`
    await writeFile(draft, mended)
    await rename(draft, path)
  }
}

function replaceOnce(file, text, broken, whole) {
  if (text.includes(whole)) return text
  if (text.split(broken).length !== 2)
    throw new Error(
      `${file} is not the version that scripts/patches.mjs mends: see whether it still needs to.`,
    )
  return text.replace(broken, () => whole)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await applyPatches()
