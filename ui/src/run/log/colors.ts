/** Colours of a log that can be read on the page, whichever theme it has. */
import type { CSSProperties } from 'react'
import type { Color, Look } from './ansi'

type Rgb = readonly [number, number, number]

const LIGHT_PAGE: Rgb = [255, 255, 255]
const DARK_PAGE: Rgb = [36, 36, 36]
/** What WCAG asks of text. */
const ENOUGH = 4.6

/** The sixteen as terminals have them; as text they are the theme's (`--log-0` and so on). */
const SIXTEEN: Rgb[] = [
  [36, 41, 47],
  [207, 34, 46],
  [17, 99, 41],
  [154, 103, 0],
  [9, 105, 218],
  [130, 80, 223],
  [27, 124, 131],
  [208, 215, 222],
  [101, 108, 118],
  [255, 129, 130],
  [74, 194, 107],
  [227, 179, 65],
  [121, 192, 255],
  [210, 168, 255],
  [86, 212, 221],
  [255, 255, 255],
]

export function styleOf({ color, background, inverse }: Look): CSSProperties | undefined {
  if (background !== undefined) return onBackground(rgbOf(background))
  if (inverse) return color === undefined ? undefined : onBackground(rgbOf(color))
  return color === undefined ? undefined : { color: textColor(color) }
}

/** Black or white, whichever is easier to read on it. */
function onBackground(background: Rgb): CSSProperties {
  const black = contrast([0, 0, 0], background) >= contrast([255, 255, 255], background)
  return { backgroundColor: css(background), color: black ? 'black' : 'white' }
}

function textColor(color: Color): string {
  if (typeof color === 'number') return `var(--log-${color})`
  return `light-dark(${css(legible(color, LIGHT_PAGE, 0))}, ${css(legible(color, DARK_PAGE, 255))})`
}

const rgbOf = (color: Color): Rgb => (typeof color === 'number' ? (SIXTEEN[color] ?? LIGHT_PAGE) : color)
const css = (rgb: Rgb) => `rgb(${rgb.map(Math.round).join(' ')})`

/** The colour, moved towards black (0) or white (255) until it can be read on the page. */
export function legible(color: Rgb, page: Rgb, towards: 0 | 255): Rgb {
  let found = color
  for (let share = 0; share <= 1 && contrast(found, page) < ENOUGH; share += 0.1) {
    found = color.map((part) => part + (towards - part) * share) as unknown as Rgb
  }
  return found
}

/** From 1 to 21, as WCAG counts it. */
export function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
