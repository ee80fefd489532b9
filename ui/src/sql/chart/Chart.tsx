/** Bars or a line, in a drawing as wide as there is room. */
import { useElementSize } from '@mantine/hooks'
import classes from './chart.module.css'
import { instant, linear, type Scale, short, temporal } from './scales'
import type { Point, Series } from './series'

const HEIGHT = 320
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 36, 10, 30]
/** Room for a word below the drawing. */
const WORD = 90

type Props = { label: string; series: Series; kind: 'bar' | 'line' }

export function Chart({ label, series, kind }: Props) {
  const { ref, width } = useElementSize()
  const [across, up] = [Math.max(0, width - LEFT - RIGHT), HEIGHT - TOP - BOTTOM]
  const y = linear(
    series.points.map((point) => point.y),
    up,
    5,
    kind === 'bar',
  )
  const x = acrossOf(series, across)
  const height = (value: number) => TOP + up - y.at(value)
  return (
    <div ref={ref} className={classes.chart}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={label}>
          {y.ticks.map((tick) => (
            <g key={tick}>
              <line x1={LEFT} x2={width - RIGHT} y1={height(tick)} y2={height(tick)} className={classes.rule} />
              <text x={LEFT - 8} y={height(tick)} dy="0.32em" textAnchor="end">
                {short(tick)}
              </text>
            </g>
          ))}
          <Below series={series} x={x} across={across} />
          {kind === 'bar' ? (
            <Bars points={series.points} x={x} height={height} zero={height(0)} across={across} />
          ) : (
            <Line points={series.points} x={x} height={height} />
          )}
        </svg>
      )}
    </div>
  )
}

function acrossOf({ points, axis }: Series, length: number): Scale {
  const values = points.map((point) => point.x)
  const count = Math.max(2, Math.floor(length / WORD))
  if (axis === 'time') return temporal(values, length, count)
  if (axis === 'number') return linear(values, length, count, false)
  const each = length / Math.max(1, points.length)
  const every = Math.max(1, Math.ceil(points.length / count))
  return { at: (place) => (place + 0.5) * each, ticks: values.filter((place) => place % every === 0) }
}

function Below({ series: { points, axis }, x, across }: { series: Series; x: Scale; across: number }) {
  const step = (x.ticks[1] ?? 0) - (x.ticks[0] ?? 0)
  const room = Math.floor(Math.min(WORD * 2, across / Math.max(1, x.ticks.length)) / 7.5)
  const said = (tick: number) =>
    axis === 'time' ? instant(tick, step) : axis === 'number' ? short(tick) : cut(points[tick]?.label ?? '', room)
  return x.ticks.map((tick) => (
    <text key={tick} x={LEFT + x.at(tick)} y={HEIGHT - 8} textAnchor="middle">
      {said(tick)}
    </text>
  ))
}

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, Math.max(1, most - 1))}…` : text)

type Drawn = { points: Point[]; x: Scale; height: (value: number) => number }

function Bars({ points, x, height, zero, across }: Drawn & { zero: number; across: number }) {
  const wide = Math.max(1, Math.min(48, (across / points.length) * 0.8))
  return points.map((point) => (
    <rect
      key={point.x}
      className={classes.bar}
      x={LEFT + x.at(point.x) - wide / 2}
      y={Math.min(zero, height(point.y))}
      width={wide}
      height={Math.max(1, Math.abs(zero - height(point.y)))}
    >
      <title>{`${point.label}: ${point.y}`}</title>
    </rect>
  ))
}

/** Few points are marked, so that one alone is seen too. */
const MARKED = 60

function Line({ points, x, height }: Drawn) {
  const places = points.map((point) => [LEFT + x.at(point.x), height(point.y), point] as const)
  return (
    <>
      <polyline className={classes.line} points={places.map(([left, top]) => `${left},${top}`).join(' ')} />
      {places.length <= MARKED &&
        places.map(([left, top, point], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two points may be at one place
          <circle key={index} className={classes.mark} cx={left} cy={top} r={3.5}>
            <title>{`${point.label}: ${point.y}`}</title>
          </circle>
        ))}
    </>
  )
}
