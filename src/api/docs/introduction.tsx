// view · rules for every endpoint: keys and roles, pages, repeats, refusals
import type { ApiDocument } from './document.ts'
import { Code, Prose } from './rows.tsx'

export const Introduction = ({ document, apiUrl }: { document: ApiDocument; apiUrl: string }) => (
  <section id="start" class="pair">
    <div class="stack">
      <h1>The API</h1>
      <p class="promise">
        Lists, people, consents and campaigns, for programs. JSON both ways, in snake_case; times in UTC; ids
        are opaque.
      </p>
      <p>
        <a href="/api/openapi.json">openapi.json</a> says the same as this page, for tools (OpenAPI 3.1).
      </p>
      <h2>Keys and roles</h2>
      <p>
        Every request carries a key: <code>Authorization: Bearer &lt;key&gt;</code>. A key has one role, and
        each endpoint says which roles may use it. It may be limited to some lists: it then sees these alone,
        and nothing that concerns all of them. It may expire, and ends with its maker. An address of a person
        never stands in a URL.
      </p>
      <h2>Pages</h2>
      <p>
        A collection answers <code>data</code> and <code>next_cursor</code>. Ask on with <code>?cursor=</code>{' '}
        until it is null; <code>?limit=</code> takes 1 to 200.
      </p>
      <h2>Asking twice</h2>
      <p>
        Send an <code>Idempotency-Key</code> of your own with whatever changes something. The same request
        with the same key within 24 hours is done once and answered the same, with{' '}
        <code>Idempotency-Replayed: true</code>. While the first is under way the second gets 409; another
        request under that key gets 422. What was refused may be mended and sent again under its key.
      </p>
    </div>
    <div class="stack">
      <Code
        label="A first request"
        text={`API=${apiUrl}\nKEY=…\n\ncurl $API/lists \\\n  -H "Authorization: Bearer $KEY"`}
      />
      <h2 id="refusals">Refusals</h2>
      <p>
        Problem details (RFC 9457), with a sentence in <code>title</code>, and in <code>errors</code> each
        place that is wrong: <a href="#shape-Problem">Problem</a>.
      </p>
      <dl class="statuses">
        {Object.entries(document.components.responses).map(([name, { description }]) => (
          <div>
            <dt>{name.replace(/\D+/, '')}</dt>
            <dd>
              <Prose text={description} />
            </dd>
          </div>
        ))}
        <div>
          <dt>405</dt>
          <dd>
            This address does not have the method; <code>Allow</code> names those it has.
          </dd>
        </div>
      </dl>
    </div>
  </section>
)
