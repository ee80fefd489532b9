import { Loader } from '@mantine/core'
import classes from './log.module.css'
import type { useLog, useMatches } from './useLog'

type Props = {
  log: ReturnType<typeof useLog>
  found: ReturnType<typeof useMatches>
  onlyFound: boolean
  live: boolean
  unstarted: boolean
}

/** Why there is no line. */
export function Nothing({ log, found, onlyFound, live, unstarted }: Props) {
  if (log.error !== undefined) return null
  if (onlyFound && found.busy) return <Loader m="md" size="sm" aria-label="Searching" />
  return <div className={classes.nothing}>{textOf(log.removed, onlyFound, live, unstarted)}</div>
}

function textOf(removed: boolean, onlyFound: boolean, live: boolean, unstarted: boolean): string {
  if (onlyFound) return 'No line has this text.'
  if (removed)
    return 'This log is not kept any more. Logs are removed after the time that the server was told with --keep-logs.'
  if (unstarted)
    return live ? 'Not started yet: it waits for an agent that has room for it.' : 'It ended before it was started.'
  return live ? 'Nothing printed yet.' : 'It printed nothing.'
}
