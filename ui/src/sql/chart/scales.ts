/** Numbers and times to places on a line, and what to write beside it. */

export type Scale = { at: (value: number) => number; ticks: number[] }

/** Round steps: 1, 2 or 5 of some power of ten. */
const STEPS = [1, 2, 5, 10]
const DAY = 86_400_000
/** Steps of time, in milliseconds: from a second to a year. */
const TIMES = [
  1_000, 5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000,
  172_800_000, 604_800_000, 2_629_800_000, 7_889_400_000, 31_557_600_000,
]

/** From the least to the most, with about `count` ticks; what a bar is as high as begins at nothing. */
export function linear(values: number[], length: number, count: number, fromZero: boolean): Scale {
  const [least, most] = bounds(fromZero ? [0, ...values] : values)
  const step = roundStep((most - least) / count)
  const [low, high] = [Math.floor(least / step) * step, Math.ceil(most / step) * step]
  return { at: (value) => ((value - low) / (high - low)) * length, ticks: between(low, high, step) }
}

/** The same of instants: nothing is added at the ends, and ticks are round times in UTC. */
export function temporal(values: number[], length: number, count: number): Scale {
  const [least, most] = bounds(values)
  const wanted = (most - least) / count
  const longest = TIMES[TIMES.length - 1] ?? 1
  // Between days that are all there is, there are no hours.
  const finest = values.every((value) => value % DAY === 0) ? DAY : 0
  const step = TIMES.find((size) => size >= Math.max(wanted, finest)) ?? roundStep(wanted / longest) * longest
  const ticks = between(Math.ceil(least / step) * step, most, step)
  return { at: (value) => ((value - least) / (most - least)) * length, ticks }
}

function bounds(values: number[]): [number, number] {
  // Not by spreading: there may be more values than a call can have arguments.
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) {
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  if (least > most) return [0, 1]
  return least === most ? [least - 0.5, most + 0.5] : [least, most]
}

function roundStep(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted))
  return (STEPS.find((step) => step * power >= wanted) ?? 10) * power
}

function between(first: number, last: number, step: number): number[] {
  const count = Math.floor((last - first) / step + 1e-9) + 1
  return Array.from({ length: Math.max(0, count) }, (_, index) => first + index * step)
}

const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 })

/** `1.5M`. */
export const short = (value: number) => SHORT.format(value)

/** As much of an instant as tells the ticks apart. */
export function instant(at: number, step: number): string {
  const text = new Date(at).toISOString()
  if (step >= DAY) return text.slice(0, 10)
  return step >= 60_000 ? `${text.slice(5, 10)} ${text.slice(11, 16)}` : text.slice(11, 19)
}
