import type { Node } from '@xyflow/react'
import { useMemo, useRef } from 'react'
import { CARD, type GraphNode } from './types'
import type { Placed } from './useLayout'

export type CardData = { node: GraphNode; selected: boolean /** By the tab key. */; reachable: boolean }
export type CardNode = Node<CardData, 'card'>

/** Above it the tab key goes to one card, and the arrow keys from there. */
const TABS = 60

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
      const data = { node, selected: id === selected, reachable: nodes.length <= TABS || id === reached }
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
  const { node, selected, reachable } = before.data
  const { data } = card
  const same = selected === data.selected && reachable === data.reachable && isSame(node, data.node)
  return same ? before : card
}

const FIELDS = ['label', 'below', 'status', 'icon', 'to', 'dimmed', 'marked', 'missing', 'tint'] as const

const isSame = (a: GraphNode, b: GraphNode) => FIELDS.every((field) => a[field] === b[field])
