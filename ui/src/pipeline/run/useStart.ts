import { useState } from 'react'
import { answer, api } from '~/api/client'
import type { PipelineView, RunStarted } from '~/api/schema'
import { useAction } from '~/kit/useAction'
import { named } from '../usePipeline'
import { newKey } from './fields'

type Given = { parameters: Record<string, string>; labels: Record<string, string>; logical_date: string | undefined }

/** Starts a run, once for each time that the form is opened, however often it is sent. */
export function useStart(pipeline: PipelineView) {
  const [key] = useState(newKey)
  const { path, query } = named(pipeline)
  return useAction<Given, RunStarted>({
    run: (body) =>
      answer(
        api.POST('/api/v1/pipelines/{team}/{name}/runs', {
          params: { path, query, header: { 'Idempotency-Key': key } },
          body,
        }),
      ),
    done: () => `A run of ${pipeline.name} is started.`,
    stale: ['/api/v1/pipelines', '/api/v1/runs', '/api/v1/overview'],
    quiet: true,
  })
}
