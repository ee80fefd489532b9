import { useParams } from 'react-router'
import { useGet } from '~/api/queries'
import { useEnvironment } from '~/kit/Links'

export type Name = { team: string; name: string; environment: string }

/** The pipeline that the address names. */
export function usePipelineName(): Name {
  const { team = '', name = '' } = useParams()
  return { team, name, environment: useEnvironment() }
}

/** As the API wants the name of a pipeline. */
export const named = ({ team, name, environment }: Name) => ({ path: { team, name }, query: { environment } })

export function usePipeline(of: Name) {
  return useGet('/api/v1/pipelines/{team}/{name}', { params: named(of) })
}
