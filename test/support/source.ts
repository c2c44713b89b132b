// pure · a source file as the architecture rules see it: kind, imports, code without comments and strings

export interface Import {
  readonly specifier: string
  /** A type import, which is erased at run time. */
  readonly isType: boolean
  /** Imported names, as exported there and as bound here; `*` for all, `default` for the default export. */
  readonly names: readonly { readonly there: string; readonly here: string }[]
  /** The path in the tree, for a relative specifier. */
  readonly target: string | null
  readonly line: number
}

export interface Source {
  readonly path: string
  /** The folder below src; empty for files of src itself. */
  readonly folder: string
  /** From line 1, `// pure · …`; empty where line 1 names no kind. */
  readonly kind: string
  readonly text: string
  /** The text with comments blanked; same length and lines. */
  readonly uncommented: string
  /** The same, with the contents of strings, templates and regular expressions blanked too. */
  readonly code: string
  readonly imports: readonly Import[]
}

export function readSource(path: string, text: string): Source {
  const { uncommented, code } = blanked(text)
  return {
    path,
    folder: /^src\/([^/]+)\//.exec(path)?.[1] ?? '',
    kind: /^\/\/ ([a-z]+) · \S/.exec(text)?.[1] ?? '',
    text,
    uncommented,
    code,
    imports: importsOf(path, uncommented, code),
  }
}

export const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length

/** Resolves a relative specifier. */
export function resolvePath(from: string, specifier: string): string {
  const steps = from.split('/').slice(0, -1)
  for (const step of specifier.split('/')) {
    if (step === '..') steps.pop()
    else if (step !== '.') steps.push(step)
  }
  return steps.join('/')
}

const names = String.raw`(?:[\w$*\s,]|\{[^}]*\})*?`
const statements = new RegExp(
  String.raw`(?<![\w$.])(?:(import|export)\s+(type\s+)?(${names})\s*from\s*|import\s*\(\s*|import\s+)(['"])([^'"\n]+)\4`,
  'g',
)

/** Static imports, re-exports and dynamic imports: matched in the text, kept only where the code has them too. */
function importsOf(path: string, uncommented: string, code: string): readonly Import[] {
  return Array.from(uncommented.matchAll(statements)).flatMap((match) => {
    const [, , type = '', clause = '', , specifier = ''] = match
    if (!/^(import|export)/.test(code.slice(match.index))) return []
    const taken = namesOf(clause)
    return [
      {
        specifier,
        isType: type !== '' || (taken.length > 0 && taken.every((name) => name.isType)),
        names: taken,
        target: specifier.startsWith('.') ? resolvePath(path, specifier) : null,
        line: lineOf(uncommented, match.index),
      },
    ]
  })
}

function namesOf(clause: string) {
  const [, inBraces = ''] = /\{([^}]*)\}/.exec(clause) ?? []
  const outside = clause.replace(/\{[^}]*\}/, '').split(',')
  const named = inBraces.split(',').map((name) => name.trim())
  return [
    ...outside.flatMap((name) => {
      const [, all, here] = /^\s*(?:(\*)\s+as\s+)?([\w$]+|\*)\s*$/.exec(name) ?? []
      return here === undefined
        ? []
        : [{ there: all ?? (here === '*' ? '*' : 'default'), here, isType: false }]
    }),
    ...named.flatMap((name) => {
      const [, type, there, here] = /^(type\s+)?([\w$]+)(?:\s+as\s+([\w$]+))?$/.exec(name) ?? []
      return there === undefined ? [] : [{ there, here: here ?? there, isType: type !== undefined }]
    }),
  ]
}

/** One token: a comment, a string, a regular expression, a word, or a character. */
const pieces = {
  comment: /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y,
  string: /'(?:\\[\s\S]|[^'\\\n])*'?|"(?:\\[\s\S]|[^"\\\n])*"?/y,
  regularExpression: /\/(?![*/])(?:\\[^\n]|\[(?:\\[^\n]|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y,
  templateText: /(?:\\[\s\S]|\$(?!\{)|[^`\\$])+/y,
  plain: /[\w$.\s]+|[\s\S]/y,
} as const

/**
 * Blanks comments, and the contents of strings. Scans formatted code well enough; JSX text counts as code, so a lone quote there
 * hides the rest of its line.
 */
function blanked(text: string): { uncommented: string; code: string } {
  const uncommented: string[] = []
  const code: string[] = []
  let at = 0
  let last = ''
  /** Open braces within each open `${`. */
  const templates: number[] = []

  const next = (kind: keyof typeof pieces): string => {
    pieces[kind].lastIndex = at
    return pieces[kind].exec(text)?.[0] ?? ''
  }
  const take = (piece: string, seen = piece, seenAsCode = seen): void => {
    uncommented.push(seen)
    code.push(seenAsCode)
    at += piece.length
    if (seenAsCode.trim() !== '') last = `${last}${seenAsCode}`.slice(-20)
  }
  const takeQuoted = (piece: string): void =>
    take(piece, piece, `${piece[0]}${blank(piece.slice(1, -1))}${piece.slice(1).slice(-1)}`)
  const takeTemplateText = (): void => {
    const inside = next('templateText')
    take(inside, inside, blank(inside))
    const end = text.startsWith('${', at) ? '${' : text.slice(at, at + 1)
    if (end === '${') templates.push(0)
    take(end)
  }

  while (at < text.length) {
    const letter = text[at]
    const comment = letter === '/' ? next('comment') : ''
    const expression = letter === '/' && mayStartExpression(last) ? next('regularExpression') : ''
    if (comment !== '') take(comment, blank(comment))
    else if (expression !== '') takeQuoted(expression)
    else if (letter === "'" || letter === '"') takeQuoted(next('string'))
    else take(next('plain'))
    if (letter === '`') takeTemplateText()
    if (letter === '{' && templates.length > 0) templates.push((templates.pop() ?? 0) + 1)
    if (letter === '}' && templates.length > 0) {
      const open = (templates.pop() ?? 0) - 1
      if (open >= 0) templates.push(open)
      else takeTemplateText()
    }
  }
  return { uncommented: uncommented.join(''), code: code.join('') }
}

/** A slash after an operator, an opening bracket or a keyword begins a regular expression; otherwise it divides. */
const mayStartExpression = (codeBefore: string): boolean =>
  /(?:^|[(,=:[!&|?{;~+*%-]|=>|\b(?:return|case|typeof|of|in))\s*$/.test(codeBefore)

const blank = (text: string): string => text.replace(/[^\n]/g, ' ')
