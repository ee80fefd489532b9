import type { Node } from '@xyflow/react'
import { useMemo, useRef } from 'react'
import { CARD, type GraphNode } from './types'
import type { Placed } from './useLayout'

export type CardData = {
  node: GraphNode
  selected: boolean
  pointed: boolean
  /** By the tab key. */
  reachable: boolean
}
export type CardNode = Node<CardData, 'card'>

type Looked = { selected?: string; focused?: string; pointed?: string }

/**
 * The cards, each the same object as before as long as nothing about it has changed; from far away only those that somebody looks
 * at, with one that the tab key can go to among them.
 */
export function useFlowNodes(nodes: GraphNode[], placed: Placed, looked: Looked, far: boolean): CardNode[] {
  const { selected, focused, pointed } = looked
  const before = useRef(new Map<string, CardNode>())
  return useMemo(() => {
    const given = new Map(nodes.map((node) => [node.id, node]))
    const first = placed.shape.ids.find((id) => given.has(id))
    const reached = [focused, selected].find((id) => id !== undefined && given.has(id)) ?? first
    const seen = far ? new Set([reached, selected, pointed]) : undefined
    const cards = placed.shape.ids.flatMap((id, at) => {
      const node = given.get(id)
      const position = placed.layout.nodes[at]
      if (!node || !position || (seen && !seen.has(id))) return []
      const data = { node, selected: id === selected, pointed: id === pointed, reachable: !far || id === reached }
      return [kept(before.current.get(id), { ...FIXED, id, position, data })]
    })
    before.current = new Map(cards.map((card) => [card.id, card]))
    return cards
  }, [nodes, placed, selected, focused, pointed, far])
}

/** Sizes are known, and there is nothing to connect: xyflow need not measure. */
const FIXED = {
  type: 'card' as const,
  ...CARD,
  measured: CARD,
  handles: [],
  domAttributes: { 'aria-roledescription': undefined },
}

function kept(before: CardNode | undefined, card: CardNode): CardNode {
  if (!before || before.position !== card.position) return card
  const [was, is] = [before.data, card.data]
  const same =
    FLAGS.every((flag) => was[flag] === is[flag]) && FIELDS.every((field) => was.node[field] === is.node[field])
  return same ? before : card
}

const FLAGS = ['selected', 'pointed', 'reachable'] as const
const FIELDS = ['label', 'below', 'status', 'icon', 'to', 'dimmed', 'marked', 'missing', 'tint'] as const
