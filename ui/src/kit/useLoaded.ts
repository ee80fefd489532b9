import { useEffect, useState } from 'react'

/**
 * A part of the interface that comes when it is first wanted, and so not before what everybody sees. Nothing while it is on its
 * way or could not be had: it is asked for again the next time that it is wanted. `load` has to be the same function each time.
 */
export function useLoaded<Part>(load: () => Promise<Part>, wanted: boolean): Part | undefined {
  const [loaded, setLoaded] = useState<{ part: Part }>()
  useEffect(() => {
    if (wanted && !loaded) load().then((part) => setLoaded({ part }), nothing)
  }, [load, wanted, loaded])
  return loaded?.part
}

const nothing = () => {}
