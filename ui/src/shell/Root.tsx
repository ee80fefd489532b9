import { SessionGate } from '~/session/SessionGate'
import { Shell } from './Shell'

export function Root() {
  return (
    <SessionGate>
      <Shell />
    </SessionGate>
  )
}
