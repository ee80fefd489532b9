import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useGet } from '~/api/queries'
import { useEnvironment } from '~/kit/Links'

type Props = {
  team: string | undefined
  pipeline: string | undefined
  onPipeline: (team: string, pipeline: string) => void
}

/** Narrows a list to one pipeline. The server looks for it: there may be ten thousand. */
export function PipelineSelect({ team, pipeline, onPipeline }: Props) {
  const chosen = pipeline ? full(team, pipeline) : null
  const [typed, setTyped] = useState('')
  const [searched] = useDebouncedValue(typed === chosen ? '' : typed, 200)
  const found = useFound(team, searched)
  return (
    <Select
      aria-label="Pipeline"
      placeholder="All pipelines"
      data={chosen && !found.includes(chosen) ? [chosen, ...found] : found}
      filter={({ options }) => options}
      value={chosen}
      onChange={(name) => onPipeline(...parted(name, team))}
      onSearchChange={setTyped}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'All pipelines' }}
      nothingFoundMessage="No such pipeline"
      w={{ base: '100%', xs: 220 }}
    />
  )
}

function useFound(team: string | undefined, search: string): string[] {
  const environment = useEnvironment()
  const query = { environment, limit: 20, ...(team && { team }), ...(search && { search }) }
  const { data } = useGet('/api/v1/pipelines', { params: { query } })
  return data?.items.map((item) => full(item.team, item.name)) ?? []
}

const full = (team: string | undefined, pipeline: string) => (team ? `${team}/${pipeline}` : pipeline)

/** Without a pipeline the team stays. */
function parted(name: string | null, team: string | undefined): [team: string, pipeline: string] {
  if (!name) return [team ?? '', '']
  const slash = name.indexOf('/')
  return slash < 0 ? [team ?? '', name] : [name.slice(0, slash), name.slice(slash + 1)]
}
