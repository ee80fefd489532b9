import { describe, expect, it } from 'vitest'
import type { Graph, GraphNode } from '~/api/schema'
import { around, found, fullName, reach, shown, waysOf } from './focus'

const node = (full: string, rest: Partial<GraphNode> = {}): GraphNode => {
  const [team = '', name = ''] = full.split('/')
  return { team, name, id: full, exists: true, paused: false, job: false, broken: false, active: 0, ...rest }
}

const graphOf = (edges: string[], nodes: GraphNode[] = []): Graph => {
  const pairs = edges.map((edge) => edge.split(' > ') as [string, string])
  const names = [...new Set(pairs.flat())].filter((name) => !nodes.some((known) => fullName(known) === name))
  return {
    environment: 'prod',
    nodes: [...nodes, ...names.map((name) => node(name))],
    edges: pairs.map(([from, to]) => ({ from, to, kind: 'executions', statuses: ['SUCCEEDED'] })),
  }
}

const names = (graph: Pick<Graph, 'nodes'>) => graph.nodes.map(fullName).sort()

const WEEK = ['a/flights > b/delays', 'a/weather > b/delays', 'b/delays > c/report', 'a/weather > c/forecast']

describe('around one pipeline', () => {
  it('are what it comes from and what comes of it', () => {
    expect(names(shown(graphOf(WEEK), { focus: 'b/delays' }))).toEqual([
      'a/flights',
      'a/weather',
      'b/delays',
      'c/report',
    ])
  })

  it('is only as much as is near enough', () => {
    const chain = graphOf(['a/1 > a/2', 'a/2 > a/3', 'a/3 > a/4', 'a/4 > a/5'])
    expect(names(shown(chain, { focus: 'a/3', depth: 1 }))).toEqual(['a/2', 'a/3', 'a/4'])
  })

  it('ends where pipelines start each other in a circle', () => {
    const { up, down } = waysOf(graphOf(['a/1 > a/2', 'a/2 > a/3', 'a/3 > a/1', 'a/1 > a/1']))
    expect(reach(down, ['a/1'])).toEqual(new Set(['a/1', 'a/2', 'a/3']))
    expect(around({ up, down }, 'a/2', 1)).toEqual(new Set(['a/1', 'a/2', 'a/3']))
  })

  it('is nothing where there is no such pipeline', () => {
    expect(names(shown(graphOf(WEEK), { focus: 'a/nobody' }))).toEqual([])
  })
})

describe('a team', () => {
  it('comes with what it depends on and what depends on it, aside', () => {
    const { nodes, edges, aside } = shown(graphOf(WEEK), { team: 'b' })
    expect(names({ nodes })).toEqual(['a/flights', 'a/weather', 'b/delays', 'c/report'])
    expect(aside).toEqual(new Set(['a/flights', 'a/weather', 'c/report']))
    expect(edges).toHaveLength(3)
  })
})

describe('what is broken', () => {
  const graph = graphOf(WEEK, [node('a/weather', { broken: true })])

  it('comes with all that waits for it, aside', () => {
    const { nodes, aside } = shown(graph, { show: 'broken' })
    expect(names({ nodes })).toEqual(['a/weather', 'b/delays', 'c/forecast', 'c/report'])
    expect(aside).not.toContain('a/weather')
  })

  it('may be asked for of one team, or near one pipeline', () => {
    expect(names(shown(graph, { show: 'broken', team: 'b' }))).toEqual([])
    expect(names(shown(graph, { show: 'broken', focus: 'b/delays' }))).toEqual(['a/weather', 'b/delays', 'c/report'])
  })
})

describe('a search', () => {
  it('finds full names that have all words in them', () => {
    expect(found(graphOf(WEEK).nodes, 'A/ WEA')).toEqual(new Set(['a/weather']))
    expect(found(graphOf(WEEK).nodes, '  ')).toEqual(new Set())
  })
})
