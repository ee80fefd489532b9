/** All cards from far away, as plain blocks in a handful of paths: only those that somebody looks at are real. */
import { ViewportPortal } from '@xyflow/react'
import { memo, useMemo } from 'react'
import { lookOf } from '../status'
import classes from './graph.module.css'
import { CARD, type GraphNode } from './types'
import type { Placed } from './useLayout'

type Props = { nodes: GraphNode[]; placed: Placed }

export function Blocks(props: Props) {
  return (
    <ViewportPortal>
      <svg className={classes.blocks} aria-hidden="true">
        <BlockPaths {...props} />
      </svg>
    </ViewportPortal>
  )
}

export const BlockPaths = memo(function BlockPaths({ nodes, placed }: Props) {
  const groups = useMemo(() => blocksOf(nodes, placed), [nodes, placed])
  return groups.map(([key, { look, d }]) => <path key={key} d={d} className={classes.blockPath} {...look} />)
})

type Look = { 'data-color'?: string; 'data-dimmed'?: true; 'data-missing'?: true; 'data-marked'?: true }

function blocksOf(nodes: GraphNode[], { shape, layout }: Placed) {
  const given = new Map(nodes.map((node) => [node.id, node]))
  const groups = new Map<string, { look: Look; d: string }>()
  shape.ids.forEach((id, at) => {
    const node = given.get(id)
    const { x, y } = layout.nodes[at] ?? { x: 0, y: 0 }
    if (!node) return
    const look = seen(node)
    const key = JSON.stringify(look)
    const group = groups.get(key) ?? { look, d: '' }
    group.d += `M${x} ${y}h${CARD.width}v${CARD.height}h${-CARD.width}Z`
    groups.set(key, group)
  })
  return [...groups].sort(([, a], [, b]) => Number(a.look['data-marked'] ?? 0) - Number(b.look['data-marked'] ?? 0))
}

function seen(node: GraphNode): Look {
  return {
    'data-color': node.status ? lookOf(node.status).color : undefined,
    'data-dimmed': node.dimmed || undefined,
    'data-missing': node.missing || undefined,
    'data-marked': node.marked || undefined,
  }
}
