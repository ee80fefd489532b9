/** `story('…', async ({ visit, page, polder }) => …)`: a test with a signed-in page, and with the API beside it. */
import type { BrowserContext, Page } from 'playwright-core'
import { test as base, inject } from 'vitest'
import { type Look, Visit } from './browser'
import { Polder } from './client'
import type { World } from './seed'
import { type Address, Server } from './server'

type Fixtures<S extends Address> = {
  server: S
  polder: Polder
  world: World
  look: Look
  visit: Visit
  page: Page
  context: BrowserContext
}
type Use<T> = (value: T) => Promise<void>

/** On the server that all share. */
export const story = storiesOn<Address>((use) => use(inject('server')))

/** The same, of somebody who is not signed in. */
export const storyOutside = story.extend({ look: { signedIn: false } })

/** On a server of the file's own, which may be filled, stopped and started again. */
export const storyOfItsOwn = (...flags: string[]) =>
  storiesOn<Server>(async (use) => {
    const server = await Server.start(...flags)
    await use(server)
    await server.stop()
  })

function storiesOn<S extends Address>(serve: (use: Use<S>) => Promise<void>) {
  return base.extend<Fixtures<S>>({
    // biome-ignore lint/correctness/noEmptyPattern: fixtures are told by their parameters what they need
    server: [({}, use) => serve(use), { scope: 'file' }],
    polder: async ({ server }, use) => use(new Polder(server)),
    // biome-ignore lint/correctness/noEmptyPattern: see above
    world: async ({}, use) => use(inject('world')),
    look: {},
    visit: async ({ server, look, task }, use) => {
      const visit = await Visit.begin(server, look)
      await use(visit)
      await visit.end(task.name, task.result?.state === 'fail')
    },
    page: async ({ visit }, use) => use(visit.page),
    context: async ({ visit }, use) => use(visit.context),
  })
}
