// view · parts of the API reference: the rows of a shape, a type with its links, prose with code, a sample
import type { Child } from 'hono/jsx'
import type { ShapeRow, Words } from './shape-rows.ts'

/** `whole`: every key is present, as in all answers, and none is marked as required. */
export const RowList = ({ rows, whole }: { rows: readonly ShapeRow[]; whole?: boolean }) => (
  <dl class="rows">
    {rows.map(({ within, name, type, required, limits, about }) => (
      <div class={within === '' ? undefined : 'inner'}>
        <dt>
          <code>
            <span class="soft">{within}</span>
            {name}
          </code>{' '}
          <span class="type">
            <Type words={type} />
          </span>
          {required && whole !== true && <strong class="required"> required</strong>}
        </dt>
        {(about !== undefined || limits !== undefined) && (
          <dd>
            <Prose text={[about ?? [], limits ?? []].flat().join(' ')} />
          </dd>
        )}
      </div>
    ))}
  </dl>
)

export const Type = ({ words }: { words: Words }) => (
  <>
    {words.map((word) =>
      typeof word === 'string' ? word : <a href={`#shape-${word.shape}`}>{word.shape}</a>,
    )}
  </>
)

/** Text with `code` in backticks. */
export const Prose = ({ text }: { text: string }) => (
  <>{text.split('`').map((part, at): Child => (at % 2 === 1 ? <code>{part}</code> : part))}</>
)

export const Code = ({ label, text }: { label: string; text: string }) => (
  <figure class="sample">
    <figcaption>{label}</figcaption>
    <pre>
      <code>{text}</code>
    </pre>
  </figure>
)
