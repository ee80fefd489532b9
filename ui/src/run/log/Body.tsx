import { Button } from '@mantine/core'
import { IconArrowDown } from '@tabler/icons-react'
import { type MouseEvent, useEffect, useLayoutEffect, useRef } from 'react'
import type { NumberedLine } from '~/api/schema'
import { Failure } from '~/kit/Failure'
import type { Attempt } from './address'
import classes from './log.module.css'
import { Nothing } from './Nothing'
import { Row } from './Row'
import type { useLog, useMatches } from './useLog'
import type { Viewport } from './useViewport'
import { drawn } from './viewport'

/** Lines drawn beyond what is seen, and asked for beyond that. */
const AROUND = 12
const AHEAD = 120

type Props = {
  attempt: Attempt
  log: ReturnType<typeof useLog>
  found: ReturnType<typeof useMatches>
  viewport: Viewport
  /** Only the lines with a match are shown. */
  onlyFound: boolean
  search: string
  line: number | undefined
  wrap: boolean
  time: boolean
  live: boolean
  unstarted: boolean
  following: boolean
  address: string
  pick: (line: number) => void
  onWhole: (line: number) => void
  resume: () => void
}

type Shown = { number: number; line: NumberedLine | undefined }

export function Body(props: Props) {
  const { log, found, viewport, onlyFound, search, wrap, time, address, live, following } = props
  const { sizes, top } = viewport
  const { first, last, above } = drawn(sizes, top, AROUND)
  const { source } = log
  const { matches, lines: matching } = found
  useEffect(() => {
    if (!onlyFound) source.want({ from: Math.max(0, first - AHEAD), to: last + AHEAD })
    else if (last > matching.length - AHEAD) void matches.more(matching.length + AHEAD)
  }, [source, first, last, onlyFound, matches, matching.length])
  const box = useRef<HTMLDivElement>(null)
  useMeasured(box, wrap, viewport)
  const widest = useWidest()
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, index) => shown(first + index))

  function shown(row: number): Shown {
    const line = onlyFound ? found.lines[row] : source.lines.get(row)
    return { number: line?.line ?? row, line }
  }

  return (
    <div className={classes.body}>
      <div
        ref={viewport.scroller}
        className={classes.scroller}
        role="log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached with the keyboard
        tabIndex={0}
        data-wrap={wrap}
        aria-label={`Lines printed by ${props.attempt.step}`}
        aria-live={following ? 'polite' : 'off'}
        data-following={following}
      >
        <div
          className={classes.tall}
          style={{ height: viewport.tall, '--digits': String(log.count).length } as React.CSSProperties}
        >
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: links and buttons in it take keys; this only listens for all of them */}
          {/* biome-ignore lint/a11y/noStaticElementInteractions: the same */}
          <div className={classes.pane} style={{ height: sizes.height }} onClick={(event) => clicked(event, props)}>
            <div
              ref={box}
              className={classes.lines}
              style={{ transform: `translateY(${-above}px)`, minWidth: wrap ? undefined : `${widest(rows)}ch` }}
            >
              {rows.map(({ number, line }, index) => (
                <Row
                  key={number}
                  index={first + index}
                  current={number === props.line}
                  wanted={search}
                  {...{ number, line, time, address }}
                />
              ))}
            </div>
          </div>
        </div>
      </div>
      {rows.length === 0 && <Nothing {...{ log, found, onlyFound, live }} unstarted={props.unstarted} />}
      {log.error !== undefined && <Failure error={log.error} retry={() => source.retry()} />}
      {live && !following && !onlyFound && (
        <Button
          className={classes.floating}
          size="xs"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={props.resume}
        >
          Follow
        </Button>
      )}
    </div>
  )
}

/** One listener for all lines: links to them, and buttons that show them whole. */
function clicked(event: MouseEvent, { pick, onWhole }: Props) {
  const target = event.target as HTMLElement
  const number = target.closest<HTMLElement>('[data-number]')?.dataset.number
  const whole = target.closest<HTMLElement>('[data-whole]')?.dataset.whole
  if (whole !== undefined) onWhole(Number(whole))
  const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0
  if (number === undefined || elsewhere) return
  event.preventDefault()
  pick(Number(number))
}

/** The heights of wrapped lines are known once they are drawn. */
function useMeasured(box: React.RefObject<HTMLDivElement | null>, wrap: boolean, { measured }: Viewport) {
  useLayoutEffect(() => {
    if (!wrap || !box.current) return
    const rows = box.current.querySelectorAll<HTMLElement>('[data-row]')
    measured(Array.from(rows, (row) => [Number(row.dataset.row), row.offsetHeight]))
  })
}

/** The longest line so far, in characters: the width does not jump while one scrolls. */
function useWidest() {
  const widest = useRef(0)
  return (rows: Shown[]) => {
    for (const { line } of rows) widest.current = Math.max(widest.current, Math.min(line?.text.length ?? 0, 2_000))
    return widest.current
  }
}
