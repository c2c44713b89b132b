// pure · a brand colour as CSS custom properties, readable in light and dark mode. WCAG 2.2, 1.4.3 and 1.4.11
type Rgb = readonly [number, number, number]

/** The surface of public.css with the least contrast to brand-coloured text, per mode. */
const lightPaper: Rgb = [0xf1, 0xee, 0xe6]
const darkPaper: Rgb = [0x29, 0x2e, 0x30]
const white: Rgb = [255, 255, 255]
const ink: Rgb = [0x14, 0x17, 0x18]

const readable = 4.5
const visible = 3
const stepOfLightness = 0.02
const hoverStep = 0.06

interface ModeColors {
  readonly fill: string
  readonly fillUnderPointer: string
  readonly label: string
  readonly text: string
}

/** Colours of buttons and text, readable on our surfaces. Null without a valid `#rgb` or `#rrggbb` colour. */
export function brandColors(
  color: string | null,
): { readonly light: ModeColors; readonly dark: ModeColors } | null {
  const brand = color === null ? null : rgbOf(color)
  return brand === null
    ? null
    : {
        light: colorsOn(lightPaper, brand, -1),
        dark: colorsOn(darkPaper, distinct(brand, darkPaper, visible, 1), 1),
      }
}

/**
 * The stylesheet of a brand: `--accent` fills buttons, `--on-accent` is their label, `--accent-text` is for links, lines
 * and focus. Empty without a valid `#rgb` or `#rrggbb` colour: public.css then uses its own.
 */
export function brandCss(color: string | null): string {
  const colors = brandColors(color)
  return colors === null
    ? ''
    : `:root{${properties(colors.light)}}@media (prefers-color-scheme:dark){:root{${properties(colors.dark)}}}\n`
}

const properties = ({ fill, fillUnderPointer, label, text }: ModeColors): string =>
  `--accent:${fill};--accent-hover:${fillUnderPointer};--on-accent:${label};--accent-text:${text}`

/** The mark of a brand's pages in the browser's tabs; ours without a colour. */
export function brandIcon(color: string | null): string {
  const { light, dark } = brandColors(color) ?? ownIconColors
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 12 12"><style>circle{fill:${light.fill}}@media (prefers-color-scheme:dark){circle{fill:${dark.fill}}}</style><circle cx="6" cy="6" r="5.5"/></svg>\n`
}

const ownIconColors = { light: { fill: '#1c5c50' }, dark: { fill: '#7fc4b2' } }

/** -1 darker, 1 lighter. */
type Way = -1 | 1

function colorsOn(paper: Rgb, accent: Rgb, fromPaper: Way): ModeColors {
  const [onAccent, fromLabel]: readonly [Rgb, Way] =
    contrast(accent, white) >= readable || contrast(accent, white) > contrast(accent, ink)
      ? [white, -1]
      : [ink, 1]
  const fill = distinct(accent, onAccent, readable, fromLabel)
  return {
    fill: hexOf(fill),
    fillUnderPointer: hexOf(moved(fill, fromLabel * hoverStep)),
    label: hexOf(onAccent),
    text: hexOf(distinct(accent, paper, readable, fromPaper)),
  }
}

/** Darkens or lightens a colour, keeping its hue, until it has the contrast `least` to `on`. */
function distinct(color: Rgb, on: Rgb, least: number, way: Way): Rgb {
  for (let step = 0; step < 1 / stepOfLightness; step += 1) {
    const candidate = moved(color, way * step * stepOfLightness)
    if (contrast(candidate, on) >= least) return candidate
  }
  return way === 1 ? white : [0, 0, 0]
}

/** @see https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
export function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

export function rgbOf(hex: string): Rgb | null {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(hex)?.[1]
  if (digits === undefined) return null
  const long = digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits
  const part = (at: number): number => Number.parseInt(long.slice(at, at + 2), 16)
  return [part(0), part(2), part(4)]
}

const hexOf = (color: Rgb): string => `#${color.map((part) => part.toString(16).padStart(2, '0')).join('')}`

/** Changes the HSL lightness only: mixing with white would turn navy into grey. */
function moved(color: Rgb, by: number): Rgb {
  if (by === 0) return color
  const [r = 0, g = 0, b = 0] = color.map((part) => part / 255)
  const most = Math.max(r, g, b)
  const least = Math.min(r, g, b)
  const spread = most - least
  const lightness = (most + least) / 2
  const saturation = spread === 0 ? 0 : spread / (1 - Math.abs(2 * lightness - 1))
  const sixth =
    spread === 0
      ? 0
      : most === r
        ? (g - b) / spread
        : most === g
          ? (b - r) / spread + 2
          : (r - g) / spread + 4
  return rgbOfHsl(sixth * 60, saturation, Math.min(1, Math.max(0, lightness + by)))
}

/** @see https://www.w3.org/TR/css-color-4/#hsl-to-rgb */
function rgbOfHsl(hue: number, saturation: number, lightness: number): Rgb {
  const part = (offset: number): number => {
    const k = (((offset + hue / 30) % 12) + 12) % 12
    const share =
      lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1))
    return Math.round(share * 255)
  }
  return [part(0), part(8), part(4)]
}

function luminance([r, g, b]: Rgb): number {
  const linear = (part: number): number => {
    const share = part / 255
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}
