// pure · bodies of mails in quoted-printable or base64, encoded once for all but the places of each person. RFC 2045
import type { SpacedText } from '../../platform/deps.ts'

export interface EncodedBody {
  readonly encoding: 'quoted-printable' | 'base64'
  /** The body with a person's values, which stand in the list from `first` on. */
  readonly fill: (values: readonly string[], first: number) => string
}

/**
 * Quoted-printable, save for text that is mostly beyond ASCII: there it would be three times as long as the text. A place stands on
 * lines of its own between soft line breaks, so that the text around it keeps its encoding whatever the value.
 */
export function encodedBody({ texts }: SpacedText): EncodedBody {
  const lines = texts.map(withCrlf)
  return isMostlyBeyondAscii(lines.join('')) ? base64Body(lines) : quotedBody(lines)
}

/** As nodemailer decides; other controls than tabs and line ends count as beyond ASCII. */
function isMostlyBeyondAscii(text: string): boolean {
  const beyond = text.match(/[^\t\r\n\x20-\x7e]/g)?.length ?? 0
  return beyond > 0 && beyond >= (text.match(/[A-Za-z]/g)?.length ?? 0)
}

/** A lone CR or LF may not stand in a mail. @see https://www.rfc-editor.org/rfc/rfc5321#section-2.3.8 */
const withCrlf = (text: string): string =>
  /[\r\n]/.test(text) ? text.toWellFormed().replace(/\r\n|\r|\n/g, '\r\n') : text.toWellFormed()

function base64Body(texts: readonly string[]): EncodedBody {
  return {
    encoding: 'base64',
    fill: (values, first) => {
      let text = texts[0] ?? ''
      for (let at = 1; at < texts.length; at += 1)
        text += withCrlf(values[first + at - 1] ?? '') + (texts[at] ?? '')
      return inLines(Buffer.from(text).toString('base64'))
    },
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc2045#section-6.8 */
const inLines = (base64: string): string => base64.replace(/.{76}(?=.)/g, '$&\r\n')

const softBreak = '=\r\n'

function quotedBody(texts: readonly string[]): EncodedBody {
  const last = texts.length - 1
  const pieces = texts.map((text, at) => {
    const piece = quoted(text)
    return at === last || piece === '' || piece.endsWith('\n') ? piece : piece + softBreak
  })
  return {
    encoding: 'quoted-printable',
    fill: (values, first) => {
      let body = pieces[0] ?? ''
      for (let at = 1; at < pieces.length; at += 1) {
        const value = values[first + at - 1] ?? ''
        if (value !== '') body += plain.test(value) ? value + softBreak : quotedPiece(value)
        body += pieces[at] ?? ''
      }
      // No soft line break at the end of a part.
      return pieces[last] === '' && body.endsWith(softBreak) ? body.slice(0, -softBreak.length) : body
    },
  }
}

/** Most values, at the cost of one test: one line as it is. No dot at its beginning, which SMTP would have to double. */
const plain = /^[\x21-\x2d\x2f-\x3c\x3e-\x7e][\x20-\x3c\x3e-\x7e]{0,74}$/

function quotedPiece(value: string): string {
  const piece = quoted(withCrlf(value))
  return piece.endsWith('\n') ? piece : piece + softBreak
}

/** Text with CRLF only. Begins at the beginning of a line. @see https://www.rfc-editor.org/rfc/rfc2045#section-6.7 */
const quoted = (text: string): string => text.split('\r\n').map(quotedLine).join('\r\n')

const literal = /^[\x20-\x3c\x3e-\x7e\t]*$/

/** Spaces at the end of a line would be lost on the way; a dot at its beginning would have to be doubled. */
function quotedLine(line: string): string {
  const encoded = literal.test(line) ? line : line.replace(/[^\x20-\x3c\x3e-\x7e\t]/gu, octets)
  return broken(encoded.replace(/[ \t]$/, octets))
}

const octets = (character: string): string =>
  Array.from(Buffer.from(character), (octet) => `=${octet.toString(16).toUpperCase().padStart(2, '0')}`).join(
    '',
  )

/** With the mark of a soft line break, 76. */
const lineLength = 75

/** The octets of one character may stand on two lines, the three signs of one octet may not. */
function broken(line: string): string {
  let rest = dotless(line)
  let lines = ''
  while (rest.length > lineLength) {
    let end = lineLength
    if (rest[end - 1] === '=') end -= 1
    else if (rest[end - 2] === '=') end -= 2
    lines += rest.slice(0, end) + softBreak
    rest = dotless(rest.slice(end))
  }
  return lines + rest
}

const dotless = (line: string): string => (line.startsWith('.') ? `=2E${line.slice(1)}` : line)
