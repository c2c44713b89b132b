// view · the API reference as one page: contents by tag, each endpoint with its parameters, body, answers and refusals
import { raw } from 'hono/html'
import { iconHref, referenceHref } from '../../ui/assets.ts'
import { curlOf } from './curl.ts'
import type { ApiDocument, Operation, Parameter, Reference, Schema } from './document.ts'
import { Introduction } from './introduction.tsx'
import { Code, Prose, RowList, Type } from './rows.tsx'
import { blocksOf, type ShapeRow, typeOf } from './shape-rows.ts'

interface Entry {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

export interface ReferencePageProps {
  readonly document: ApiDocument
  /** `https://letters.example/api/v1`. */
  readonly apiUrl: string
}

/** A whole HTML document, without scripts or external resources. */
export const ReferencePage = ({ document, apiUrl }: ReferencePageProps) => {
  const entries = entriesOf(document)
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <title>Assent API</title>
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <link rel="stylesheet" href={referenceHref} />
          <link rel="icon" type="image/svg+xml" href={iconHref} />
        </head>
        <body class="reference">
          <a class="skip" href="#content">
            Skip to the content
          </a>
          <Contents document={document} entries={entries} />
          <main id="content">
            <Introduction document={document} apiUrl={apiUrl} />
            {document.tags.map(({ name }) => (
              <section aria-labelledby={anchorOf(name)}>
                <h2 id={anchorOf(name)}>{name}</h2>
                {entries
                  .filter(({ operation }) => operation.tags[0] === name)
                  .map((entry) => (
                    <Endpoint document={document} entry={entry} />
                  ))}
              </section>
            ))}
            <Shapes document={document} />
          </main>
        </body>
      </html>
    </>
  )
}

const entriesOf = ({ paths }: ApiDocument): readonly Entry[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  )

const anchorOf = (tag: string): string => `tag-${tag.toLowerCase()}`

const Contents = ({ document, entries }: { document: ApiDocument; entries: readonly Entry[] }) => (
  <nav class="contents" aria-label="Contents">
    <p class="brand">
      <a href="#content">Assent API</a>
    </p>
    <ul>
      <li>
        <a href="#start">Start here</a>
      </li>
      {document.tags.map(({ name }) => (
        <li>
          <a href={`#${anchorOf(name)}`}>{name}</a>
          <ul>
            {entries
              .filter(({ operation }) => operation.tags[0] === name)
              .map(({ method, operation }) => (
                <li>
                  <a href={`#${operation.operationId}`}>
                    <Method method={method} /> {operation.summary}
                  </a>
                </li>
              ))}
          </ul>
        </li>
      ))}
      <li>
        <a href="#shapes">Shapes</a>
      </li>
    </ul>
  </nav>
)

const Method = ({ method }: { method: string }) => (
  <span class={`method ${method}`}>{method.toUpperCase()}</span>
)

const Endpoint = ({ document, entry }: { document: ApiDocument; entry: Entry }) => {
  const { method, path, operation } = entry
  const parameters = operation.parameters.map((one) => parameterOf(document, one))
  const body = operation.requestBody?.content['application/json'].schema
  return (
    <article class="pair" id={operation.operationId}>
      <div class="stack">
        <h3>{operation.summary}</h3>
        <p class="route">
          <Method method={method} /> <code>/api/v1{path}</code>
        </p>
        {operation.description !== undefined && (
          <p>
            <Prose text={operation.description} />
          </p>
        )}
        <p class="small">
          For {listed(operation['x-roles'])} (<code>{operation['x-permission']}</code>)
        </p>
        {parameters.length > 0 && (
          <Rows heading="Parameters" of={operation.summary} rows={parameters.map(parameterRow)} />
        )}
        {body !== undefined && (
          <Blocks heading="Body" of={operation.summary} schema={resolved(document, body)} />
        )}
      </div>
      <div class="stack">
        <Code label={`${operation.summary}, by curl`} text={curlOf({ method, path, operation })} />
        <h4>Answers</h4>
        <dl class="statuses">
          {Object.entries(operation.responses)
            .filter(([status]) => status < '400')
            .map(([status, response]) => (
              <div>
                <dt class="done">{status}</dt>
                <dd>
                  <Answer response={response} />
                </dd>
              </div>
            ))}
        </dl>
        <p class="small">
          Refused with{' '}
          <a href="#refusals">
            {Object.keys(operation.responses)
              .filter((status) => status >= '400')
              .join(', ')}
          </a>
        </p>
      </div>
    </article>
  )
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`

function parameterOf(document: ApiDocument, parameter: Parameter | Reference): Parameter {
  if (!('$ref' in parameter)) return parameter
  const shared = document.components.parameters[parameter.$ref.split('/').at(-1) ?? '']
  if (shared === undefined) throw new Error(`there is no ${parameter.$ref}`)
  return shared
}

const resolved = (document: ApiDocument, schema: Schema): Schema =>
  document.components.schemas[schema.$ref?.split('/').at(-1) ?? ''] ?? schema

function parameterRow({ name, in: place, required, description, schema }: Parameter): ShapeRow {
  const [row] = blocksOf({ type: 'object', properties: { [name]: schema } })[0]?.rows ?? []
  return {
    within: '',
    name,
    type: [...(row?.type ?? []), place === 'header' ? ', as a header' : `, in the ${place}`],
    required,
    limits: row?.limits,
    about: description,
  }
}

const Answer = ({ response }: { response: Operation['responses'][string] }) => {
  const schema = 'content' in response ? response.content?.['application/json']?.schema : undefined
  if (schema === undefined) return <>Nothing to say.</>
  const { data, next_cursor } = schema.properties ?? {}
  if (typeof data === 'object' && next_cursor !== undefined)
    return (
      <>
        A page: <Type words={typeOf(data)} />
      </>
    )
  const [block] = blocksOf(schema)
  return schema.$ref === undefined && block !== undefined ? (
    <RowList rows={block.rows} whole />
  ) : (
    <Type words={typeOf(schema)} />
  )
}

const Shapes = ({ document }: { document: ApiDocument }) => {
  const inline = new Set(
    entriesOf(document).map(({ operation }) =>
      operation.requestBody?.content['application/json'].schema.$ref?.split('/').at(-1),
    ),
  )
  return (
    <section aria-labelledby="shapes">
      <h2 id="shapes">Shapes</h2>
      {Object.entries(document.components.schemas)
        .filter(([name]) => !inline.has(name))
        .map(([name, schema]) => (
          <article class="shape" id={`shape-${name}`}>
            <h3>{name}</h3>
            {schema.description !== undefined && (
              <p>
                <Prose text={schema.description} />
              </p>
            )}
            {blocksOf(schema).map(({ rows }) => (
              <RowList rows={rows} whole />
            ))}
          </article>
        ))}
    </section>
  )
}

const Blocks = ({ heading, of, schema }: { heading: string; of: string; schema: Schema }) => {
  const blocks = blocksOf(schema)
  return (
    <>
      {blocks.map((block, at) => (
        <Rows
          heading={at === 0 ? heading : 'Or'}
          of={of}
          rows={block.rows}
          about={blocks.length > 1 ? block.about : undefined}
        />
      ))}
    </>
  )
}

const Rows = (props: {
  heading: string
  of: string
  rows: readonly ShapeRow[]
  about?: string | undefined
}) => (
  <>
    <h4>{props.heading}</h4>
    {props.about !== undefined && <p>{props.about}</p>}
    <RowList rows={props.rows} />
  </>
)
