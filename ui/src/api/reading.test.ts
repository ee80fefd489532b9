import { afterEach, expect, it, vi } from 'vitest'
import { readsAfterSigningIn } from './reading'

afterEach(() => vi.unstubAllGlobals())

const answering = (...statuses: number[]) => {
  const fetched = vi.fn(async () => new Response('{}', { status: statuses.shift() ?? 500 }))
  vi.stubGlobal('fetch', fetched)
  return fetched
}
const request = (signal?: AbortSignal) => new Request('http://polder.test/api/v1/runs', signal ? { signal } : {})

it('waits for who signs in again, and then asks once more', async () => {
  const fetched = answering(401, 200)
  const onSignedOut = vi.fn()
  const reading = readsAfterSigningIn(onSignedOut)
  const asked = reading.fetch(request())
  await vi.waitFor(() => expect(onSignedOut).toHaveBeenCalledOnce())
  reading.goOn()
  expect((await asked).status).toBe(200)
  expect(fetched).toHaveBeenCalledTimes(2)
})

it('leaves other refusals to who has asked', async () => {
  answering(403)
  expect((await readsAfterSigningIn(() => {}).fetch(request())).status).toBe(403)
})

it('asks no more for what nobody wants any more', async () => {
  const fetched = answering(401, 200)
  const abort = new AbortController()
  const onSignedOut = vi.fn()
  const reading = readsAfterSigningIn(onSignedOut)
  const asked = reading.fetch(request(abort.signal))
  await vi.waitFor(() => expect(onSignedOut).toHaveBeenCalled())
  abort.abort(new Error('gone'))
  await expect(asked).rejects.toThrow('gone')
  reading.goOn()
  expect(fetched).toHaveBeenCalledOnce()
})
