/** Before all stories: one browser, and one server for those that leave others alone. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'
import { CHROMIUM } from './chromium'
import { seedWorld, type World } from './seed'
import { type Address, Server } from './server'

declare module 'vitest' {
  interface ProvidedContext {
    browser: string
    server: Address
    world: World
  }
}

export default async function setup(project: TestProject) {
  const built = process.env.UI_FOLDER ?? fileURLToPath(new URL('../dist', import.meta.url))
  if (!existsSync(`${built}/index.html`)) throw new Error('dist is not there: npm run build')
  // Inside containers the kernel refuses Chromium its sandbox; nothing but our own pages is opened.
  const browser = await chromium.launchServer({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  const server = await Server.start('--slots', '8')
  project.provide('browser', browser.wsEndpoint())
  project.provide('server', { url: server.url, token: server.token })
  project.provide('world', await seedWorld(server))
  return async () => {
    await browser.close()
    await server.stop()
  }
}
