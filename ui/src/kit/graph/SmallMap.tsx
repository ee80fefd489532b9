/** The whole of a large graph in small, with where one is in it; only there when one does not see it all. */
import { Panel, useReactFlow, useStore } from '@xyflow/react'
import { type PointerEvent, useMemo } from 'react'
import { BlockPaths } from './Blocks'
import classes from './graph.module.css'
import type { GraphNode } from './types'
import type { Placed } from './useLayout'
import { type Box, whole } from './view'

const WIDTH = 180
const WIDE_ENOUGH = 560

export function SmallMap({ nodes, placed, box }: { nodes: GraphNode[]; placed: Placed; box: Box }) {
  const least = useMemo(() => whole(placed.layout, box).zoom, [placed, box])
  const inside = useStore((state) => state.transform[2] > least * 1.3)
  if (!inside || box.width < WIDE_ENOUGH) return null
  return <Small nodes={nodes} placed={placed} box={box} />
}

function Small({ nodes, placed, box }: { nodes: GraphNode[]; placed: Placed; box: Box }) {
  const { setCenter, getZoom } = useReactFlow()
  const { width, height } = placed.layout
  const scale = Math.min(WIDTH / width, WIDTH / height)
  const go = (event: PointerEvent<SVGSVGElement>) => {
    if (event.buttons !== 1) return
    const { left, top } = event.currentTarget.getBoundingClientRect()
    setCenter((event.clientX - left) / scale, (event.clientY - top) / scale, { zoom: getZoom() })
  }
  return (
    <Panel position="top-right" className={classes.map}>
      <svg
        aria-hidden="true"
        width={width * scale}
        height={height * scale}
        viewBox={`0 0 ${width} ${height}`}
        onPointerDown={go}
        onPointerMove={go}
      >
        <BlockPaths nodes={nodes} placed={placed} />
        <Here box={box} />
      </svg>
    </Panel>
  )
}

/** What can be seen, as a frame. */
function Here({ box }: { box: Box }) {
  const [x, y, zoom] = useStore((state) => state.transform)
  return (
    <rect className={classes.here} x={-x / zoom} y={-y / zoom} width={box.width / zoom} height={box.height / zoom} />
  )
}
