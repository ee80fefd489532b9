import { answer, api } from '~/api/client'
import type { PipelineView } from '~/api/schema'
import { useAction } from '~/kit/useAction'
import { named } from './usePipeline'

/** Pauses a pipeline, or has it go on. */
export function usePause() {
  return useAction({
    run: (pipeline: PipelineView) => {
      const params = named(pipeline)
      return answer(
        pipeline.paused
          ? api.POST('/api/v1/pipelines/{team}/{name}/resume', { params })
          : api.POST('/api/v1/pipelines/{team}/{name}/pause', { params }),
      )
    },
    done: (_, { name, paused }) => (paused ? `${name} goes on.` : `${name} is paused: nothing starts it.`),
    stale: ['/api/v1/pipelines', '/api/v1/overview', '/api/v1/graph'],
  })
}
