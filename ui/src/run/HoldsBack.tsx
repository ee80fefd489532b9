import { useGet } from '~/api/queries'
import type { Run } from '~/api/schema'
import { listed, pipelinePart } from '~/runs/parts'
import { Sentence } from '~/runs/Sentence'

/** The pipelines that wait for this run to be mended, as the overview has them: that of one team leaves out those of others. */
export function HoldsBack({ run: { id, team, environment } }: { run: Run }) {
  const { data } = useGet('/api/v1/overview', { params: { query: { environment } } })
  const names = data?.broken.find(({ run }) => run.id === id)?.holds_back ?? []
  if (names.length === 0) return null
  return <Sentence parts={['It holds back ', ...listed(names.map((name) => pipelinePart(name, team))), '.']} />
}
