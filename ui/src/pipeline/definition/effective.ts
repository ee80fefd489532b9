/** The definition that runs, with all defaults, in the words of the files that users write. */

type Json = unknown

/** Durations read as users write them, and what nobody has set is left out. */
export function effective(definition: Json): Json {
  if (Array.isArray(definition)) return definition.map(effective)
  if (typeof definition !== 'object' || definition === null) return definition
  if (isDuration(definition)) return durationText(definition)
  const entries = Object.entries(definition).filter(([, value]) => !isNothing(value))
  return Object.fromEntries(entries.map(([key, value]) => [key, effective(value)]))
}

type Duration = { secs: number; nanos: number }

function isDuration(value: object): value is Duration {
  return Object.keys(value).length === 2 && 'secs' in value && 'nanos' in value
}

const UNITS: [number, string][] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'm'],
]

/** `90s`, `10m`, `2h`: the largest unit that divides it. */
function durationText({ secs, nanos }: Duration): string {
  if (nanos > 0) return `${secs + nanos / 1e9}s`
  const unit = UNITS.find(([size]) => secs > 0 && secs % size === 0)
  return unit ? `${secs / unit[0]}${unit[1]}` : `${secs}s`
}

function isNothing(value: Json): boolean {
  if (value === null) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}
