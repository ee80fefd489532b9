/** Times as people say them. Everything is in the viewer's own zone; the zone is named where it matters. */

export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone

const FULL = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  year: 'numeric',
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
})
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' })
const DAY_AND_YEAR = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const PRECISE = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
})

/** `Sat, 21 Nov 2026, 17:03:07 UTC`. */
export const absolute = (at: string | Date) => FULL.format(new Date(at))
/** `17:03`. */
export const clock = (at: string | Date) => CLOCK.format(new Date(at))
/** `17:03:07.123`. */
export const preciseClock = (at: string | Date) => PRECISE.format(new Date(at))
/** `Sat 21 Nov`. */
export const day = (at: string | Date) => DAY.format(new Date(at))

/** `1 Jan 2029`. */
export const dayAndYear = (at: string | Date) => DAY_AND_YEAR.format(new Date(at))

const sameYear = (at: string, now: number) => new Date(at).getFullYear() === new Date(now).getFullYear()

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })

/** `3 min. ago`, `in 2 hr.`, `just now`. */
export function relative(at: string | Date, now: number): string {
  const seconds = (new Date(at).getTime() - now) / 1000
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return RELATIVE.format(Math.trunc(seconds / size), unit)
  }
  if (Math.abs(seconds) < 5) return 'just now'
  return RELATIVE.format(Math.trunc(seconds), 'second')
}

/** How far behind a clock may be, in milliseconds. */
const BEHIND = 60_000

/** `3 min. ago`, `in 2 hr.`: a clock that is a little behind does not make something come that has happened. */
export function ago(at: string, now: number): string {
  const ahead = new Date(at).getTime() - now
  return relative(at, ahead > BEHIND ? now : now + Math.max(0, ahead))
}

/** Seconds between two instants; until now if it has not ended. */
export function secondsBetween(start: string, end: string | null | undefined, now: number): number {
  return ((end ? new Date(end).getTime() : now) - new Date(start).getTime()) / 1000
}

/** `today 03:00`, `tomorrow 03:00`, `Tue 24 Nov 03:00`. */
export function upcoming(at: string, now: number): string {
  const days = Math.round((midnight(new Date(at).getTime()) - midnight(now)) / 86_400_000)
  const named = sameYear(at, now) ? day(at) : dayAndYear(at)
  const when = days === 0 ? 'today' : days === 1 ? 'tomorrow' : days === -1 ? 'yesterday' : named
  return `${when} ${clock(at)}`
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

/** What a run is about: its day, or the instant: `2026-11-21 17:03`. */
export function logicalDate(run: { logical_day?: string | null; logical_at: string }): string {
  return run.logical_day ?? isoLike(new Date(run.logical_at))
}

function isoLike(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const date = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-')
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}`
}
