import { useEffect, useSyncExternalStore } from 'react'
import { follow, onConnection, readConnection } from './connection'

/** Keeps the page live while `active`. */
export function useFollow(active: boolean) {
  useEffect(() => (active ? follow() : undefined), [active])
}

/** Whether changes come in. */
export const useConnection = () => useSyncExternalStore(onConnection, readConnection)
