import type { NumberedLine } from '~/api/schema'
import { count } from '~/kit/units'
import { legible } from './legible'
import classes from './overview.module.css'

type Props = { label: string; lines: NumberedLine[] }

/** The end of a log. The last line tells the reason most often: it is the one that is shown whole. */
export function LastLines({ label, lines }: Props) {
  return (
    <ol className={classes.lines} aria-label={label}>
      {lines.map((line) => (
        <li key={line.line} className={classes.line} data-stream={line.stream}>
          <span className={classes.lineNumber} aria-hidden>
            {count(line.line + 1)}
          </span>
          <span className={classes.text}>{legible(line.text)}</span>
        </li>
      ))}
    </ol>
  )
}
