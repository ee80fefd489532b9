import { VisuallyHidden } from '@mantine/core'
import { memo, startTransition, useDeferredValue, useEffect, useMemo, useState } from 'react'
import { lookOf } from '../status'
import type { GraphEdge, GraphNode } from './types'

type Props = { label: string; nodes: GraphNode[]; edges: GraphEdge[] }

/** Above it the words come when the drawing is done, as it takes a while to set so many. */
const MANY = 100

/** The graph in words: who there is, and what each needs. */
export function TextAlternative({ label, nodes, edges, drawn }: Props & { drawn: boolean }) {
  const idle = useIdle(drawn)
  if (nodes.length > MANY && !idle) return null
  return <Words {...{ label, nodes, edges }} />
}

function useIdle(from: boolean): boolean {
  const [idle, setIdle] = useState(false)
  useEffect(() => {
    if (!from) return
    const timer = setTimeout(() => startTransition(() => setIdle(true)), 500)
    return () => clearTimeout(timer)
  }, [from])
  return idle
}

const Words = memo(function Words(props: Props) {
  const { label, nodes, edges } = useDeferredValue(props)
  const needs = useMemo(() => needsOf(nodes, edges), [nodes, edges])
  return (
    <VisuallyHidden component="ul" aria-label={`${label}, in words`}>
      {nodes.map((node) => (
        <li key={node.id}>{[node.label, wordOf(node), needs.get(node.id)].filter(Boolean).join(', ')}</li>
      ))}
    </VisuallyHidden>
  )
})

const wordOf = ({ status }: GraphNode) => status && lookOf(status).word

function needsOf(nodes: GraphNode[], edges: GraphEdge[]): Map<string, string> {
  const labels = new Map(nodes.map((node) => [node.id, node.label]))
  const needs = new Map<string, string>()
  for (const { from, to } of edges) {
    const before = needs.get(to)
    const needed = labels.get(from) ?? from
    needs.set(to, before ? `${before}, ${needed}` : `after ${needed}`)
  }
  return needs
}
