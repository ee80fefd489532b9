/**
 * Reading while the session ends: the server's refusal is no error to show. What was asked for is asked for again as soon as
 * somebody has signed in, and what is on the page stays as it is until then.
 */

export function readsAfterSigningIn(onSignedOut: () => void) {
  const waiting = new Set<() => void>()

  function untilSignedIn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        waiting.delete(go)
        resolve()
      }
      waiting.add(go)
      signal.addEventListener('abort', () => waiting.delete(go) && reject(signal.reason), { once: true })
    })
  }

  return {
    async fetch(request: Request): Promise<Response> {
      const response = await fetch(request.clone())
      if (response.status !== 401) return response
      onSignedOut()
      await untilSignedIn(request.signal)
      return this.fetch(request)
    },
    /** Somebody has signed in. */
    goOn() {
      for (const go of [...waiting]) go()
    },
  }
}
