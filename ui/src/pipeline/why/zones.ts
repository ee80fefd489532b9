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

/** `Sat 21 Nov, 03:00 CET`; as in UTC if the browser does not know the zone. */
export function inZone(at: string, zone: string): string {
  return formatter(zone).format(new Date(at))
}

function formatter(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-GB', { ...LOOK, timeZone: zone })
  } catch {
    return new Intl.DateTimeFormat('en-GB', { ...LOOK, timeZone: 'UTC' })
  }
}

/** Whether clocks there show what the viewer's show, at these instants. */
export function sameClock(instants: string[], zone: string): boolean {
  const bare = (at: string, where: string) => inZone(at, where).replace(/ \S+$/, '')
  return zone === ZONE || instants.every((at) => bare(at, zone) === bare(at, ZONE))
}
