// pure · what mail programs ignore of the HTML and CSS that our mails use. caniemail.com
/**
 * From the newest tests of each program in the data of caniemail.com (github.com/hteumeuleu/caniemail, MIT, 29 June 2026); `source`
 * is the name of the feature there. What is not listed is not used in a mail: a new property gets a row.
 */
export interface StyleSupport {
  readonly source: string
  /**
   * The elements on which Outlook for Windows, which renders with Word, obeys the property.
   * `all`: everywhere; `none`: nowhere.
   */
  readonly word: 'all' | 'none' | readonly string[]
  /** Values that Word obeys; absent: any. */
  readonly wordValues?: RegExp
  /** Other programs without it; `gmail ios`: that platform only. */
  readonly ignoredBy?: readonly string[]
  /** Why a mail stays readable where the property is ignored; absent: it must not be ignored by Word. */
  readonly harmless?: string
}

const cells = ['td', 'th'] as const

export const styleSupport: Readonly<Record<string, StyleSupport>> = {
  background: { source: 'css-background', word: 'all', wordValues: /^#[0-9a-f]{6}$/ },
  border: {
    source: 'css-border',
    word: ['table', ...cells, 'a', 'img', 'hr'],
    wordValues: /^(?:0|[0-8]px .*)$/,
  },
  'border-bottom': { source: 'css-border', word: [...cells], wordValues: /^[0-8]px / },
  'border-left': { source: 'css-border', word: ['table', ...cells, 'blockquote'], wordValues: /^[0-8]px / },
  'border-top': { source: 'css-border', word: [...cells, 'hr'], wordValues: /^[0-8]px / },
  'border-collapse': { source: 'css-border-collapse', word: 'all' },
  'border-radius': {
    source: 'css-border-radius',
    word: 'none',
    ignoredBy: ['orange', 'gmx', 'web-de'],
    harmless: 'corners are square',
  },
  color: { source: 'html-style', word: 'all' },
  display: {
    source: 'css-display',
    word: 'all',
    wordValues: /^none$/,
    harmless: 'an inline block is the words of a button, in a cell with its own colour and padding',
  },
  'font-family': { source: 'css-font', word: 'all' },
  'font-size': { source: 'css-font-size', word: 'all', wordValues: /px$/ },
  'font-weight': { source: 'css-font-weight', word: 'all', wordValues: /^[67]00$/ },
  height: {
    source: 'css-height',
    word: ['img', ...cells],
    ignoredBy: ['aol', 'yahoo'],
    harmless: 'auto is what is done anyway',
  },
  'letter-spacing': { source: 'css-letter-spacing', word: 'all', wordValues: /^\d+px$/ },
  'line-height': {
    source: 'css-line-height',
    word: 'all',
    harmless: 'a rule for Word in the head gives each height in pixels',
  },
  margin: {
    source: 'css-margin',
    word: ['p', 'h1', 'h2', 'h3', 'ul', 'ol', 'li', 'blockquote', 'pre', 'hr', 'table'],
    wordValues: /^(?!.*(?:auto|-))/,
  },
  'max-height': { source: 'css-max-height', word: 'none' },
  'max-width': { source: 'css-max-width', word: ['table'] },
  opacity: {
    source: 'css-opacity',
    word: 'none',
    ignoredBy: ['gmail mobile-webmail', 'orange', 'aol', 'mail-ru', 'gmx', 'web-de'],
  },
  overflow: { source: 'css-overflow', word: 'none' },
  'overflow-wrap': {
    source: 'css-overflow-wrap',
    word: 'none',
    ignoredBy: ['gmail', 'outlook', 'yahoo', 'aol'],
    harmless: 'a long address runs over the edge, as these programs let all of them',
  },
  padding: { source: 'css-padding', word: cells },
  'table-layout': {
    source: 'css-table-layout',
    word: 'none',
    ignoredBy: ['outlook macos'],
    harmless: 'a table of Word has its width by attribute',
  },
  'text-align': { source: 'css-text-align', word: 'all', wordValues: /^(?:left|right|center)$/ },
  'text-decoration': {
    source: 'css-text-decoration',
    word: 'all',
    wordValues: /^(?:underline|none|line-through)$/,
    ignoredBy: ['orange ios', 'sfr ios', 'protonmail ios'],
    harmless: 'links look as all links of that program do',
  },
  'vertical-align': { source: 'css-vertical-align', word: 'all' },
  'white-space': {
    source: 'css-white-space',
    word: 'none',
    ignoredBy: ['samsung-email'],
    harmless: 'the element is a pre, whose lines stay apart',
  },
  width: { source: 'css-width', word: ['table', ...cells] },
}

/** Elements that all of these programs show (features html-*). */
export const elements: ReadonlySet<string> = new Set(
  'a blockquote br code div em h1 h2 h3 hr img li ol p pre s strong table tbody td th thead tr ul'.split(' '),
)
