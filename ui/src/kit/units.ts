/** Numbers for people: with a unit, and no more digits than tell something. */

const DURATIONS: [number, string][] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
]

/** What took less than this is not worth a number, in seconds. */
const SHORTEST = 0.0005

/** `0.42` → `420 ms`, `75` → `1 min 15 s`, `90061` → `1 d 1 h`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–'
  if (seconds < SHORTEST) return '< 1 ms'
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  return inParts(Math.round(seconds))
}

/** How long something has gone on so far, in whole seconds: what counts up is to have no digits that stand still. */
export const elapsed = (seconds: number) => inParts(Math.max(0, Math.floor(seconds)))

function inParts(seconds: number): string {
  const first = DURATIONS.findIndex(([size]) => seconds >= size)
  const [size, unit] = DURATIONS[first] ?? [1, 's']
  const rest = DURATIONS[first + 1]
  const more = rest ? Math.floor((seconds % size) / rest[0]) : 0
  return `${Math.floor(seconds / size)} ${unit}${rest && more > 0 ? ` ${more} ${rest[1]}` : ''}`
}

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** Bytes in powers of 1024: `1536` → `1.5 KiB`. */
export function bytes(count: number): string {
  let value = count
  let unit = 0
  while (value >= 1023.5 && unit < SIZES.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1
  return `${value.toFixed(digits)} ${SIZES[unit]}`
}

const COUNT = new Intl.NumberFormat('en')

/** `336776` → `336,776`. */
export const count = (value: number) => COUNT.format(value)

/** `1, 'run'` → `1 run`; `2, 'run'` → `2 runs`. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`
}
