/** Times in the zone of a pipeline, beside the viewer's own. */
import { ZONE } from '~/kit/time'

const LOOK = {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
} as const

const DAY = { year: 'numeric', month: '2-digit', day: '2-digit' } as const

/** `Sat 21 Nov, 03:00 CET`; as in UTC if the browser does not know the zone. */
export function inZone(at: string, zone: string): string {
  return formatter(zone).format(new Date(at))
}

/** The day that a run is about, where it is about an instant as it is there: `2013-02-06`. */
export function dayIn(run: { logical_day?: string | null; logical_at: string }, zone: string): string {
  return run.logical_day ?? formatter(zone, DAY, 'sv-SE').format(new Date(run.logical_at))
}

function formatter(zone: string, look: Intl.DateTimeFormatOptions = LOOK, locale = 'en-GB'): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale, { ...look, timeZone: zone })
  } catch {
    return new Intl.DateTimeFormat(locale, { ...look, timeZone: 'UTC' })
  }
}

/** Whether clocks there show what the viewer's show, at these instants. */
export function sameClock(instants: string[], zone: string): boolean {
  const bare = (at: string, where: string) => inZone(at, where).replace(/ \S+$/, '')
  return zone === ZONE || instants.every((at) => bare(at, zone) === bare(at, ZONE))
}
