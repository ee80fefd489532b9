/** Sends a value from its field to the server. The value is an argument of nothing that is kept: see `ValueField`. */
import { type RefObject, useState } from 'react'
import { answer, api } from '~/api/client'
import { useAction } from '~/kit/useAction'
import type { Source } from './ValueField'

export type Place = { team: string; environment: string; name: string }

class Unreadable extends Error {}

export function useSetSecret(place: Place, source: RefObject<Source | null>, onSet: () => void) {
  const [mistake, setMistake] = useState<string>()
  const action = useAction({
    run: async () => {
      const read = await source.current?.read()
      if (!read || 'mistake' in read) throw new Unreadable(read?.mistake ?? 'A value is missing.')
      await answer(
        api.PUT('/api/v1/secrets/{team}/{environment}/{name}', {
          params: { path: place },
          body: { value: read.value },
        }),
      )
      source.current?.clear()
    },
    done: () => `${place.team}/${place.name} is set in ${place.environment}. Runs that start from now on get it.`,
    stale: ['/api/v1/secrets', '/api/v1/audit'],
    quiet: true,
  })
  const send = () => {
    setMistake(undefined)
    action.mutate(undefined, {
      onSuccess: onSet,
      onError: (error) => setMistake(error instanceof Unreadable ? error.message : undefined),
    })
  }
  return { send, busy: action.isPending, mistake, refusal: action.error instanceof Unreadable ? null : action.error }
}
