import { memo, useMemo } from 'react'
import type { NumberedLine } from '~/api/schema'
import { absolute, preciseClock } from '~/kit/time'
import { count } from '~/kit/units'
import { type Look, spansOf } from './ansi'
import { styleOf } from './colors'
import { highlighted } from './highlight'
import classes from './log.module.css'

/** Characters of a line that stand in the log itself. */
const SHOWN = 2_000

type Props = {
  /** Where it is among the rows that are drawn. */
  index: number
  number: number
  line: NumberedLine | undefined
  time: boolean
  wanted: string
  current: boolean
  /** The address of a line is this and its number. */
  address: string
}

/** One line. What the program wrote is text, whatever is in it. */
export const Row = memo(function Row({ index, number, line, time, wanted, current, address }: Props) {
  return (
    <div className={classes.row} data-row={index} data-stream={line?.stream} data-current={current || undefined}>
      <a className={classes.number} href={`${address}${number + 1}`} data-number={number} tabIndex={-1}>
        {number + 1}
      </a>
      {time && <Time line={line} />}
      <Mark line={line} />
      {line ? <Text line={line} wanted={wanted} /> : <span className={classes.missing} />}
    </div>
  )
})

function Time({ line }: { line: NumberedLine | undefined }) {
  return (
    <time className={classes.time} dateTime={line?.at} title={line && absolute(line.at)}>
      {line ? preciseClock(line.at) : ''}
    </time>
  )
}

const MARKS = { stdout: ['', ''], stderr: ['err', 'standard error'], system: ['sys', 'a remark of Polder'] } as const

function Mark({ line }: { line: NumberedLine | undefined }) {
  const [mark, title] = MARKS[line?.stream ?? 'stdout'] ?? MARKS.stdout
  return (
    <span className={classes.mark} title={title || undefined}>
      {mark}
    </span>
  )
}

function Text({ line, wanted }: { line: NumberedLine; wanted: string }) {
  const { spans, rest } = useMemo(() => spansOf(line.text, SHOWN), [line.text])
  const pieces = useMemo(() => highlighted(spans, wanted), [spans, wanted])
  return (
    <span className={classes.text}>
      {pieces.map(({ text, look, found }, index) => {
        const Tag = found ? 'mark' : 'span'
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a line never move
          <Tag key={index} className={classOf(look)} style={found ? undefined : styleOf(look)}>
            {text}
          </Tag>
        )
      })}
      {rest > 0 && (
        <button type="button" className={classes.more} data-whole={line.line}>
          … {count(rest)} more characters
        </button>
      )}
      {line.continued && rest === 0 && (
        <button type="button" className={classes.more} data-whole={line.line} title="The line goes on in the next row">
          goes on
        </button>
      )}
    </span>
  )
}

const STYLES = ['bold', 'faint', 'italic', 'underline', 'strike', 'inverse'] as const

function classOf(look: Look): string | undefined {
  const names = STYLES.filter((style) => look[style]).map((style) => classes[style])
  return names.length > 0 ? names.join(' ') : undefined
}
