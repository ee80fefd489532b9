/** What comes over the line before the overview is there. */
import type { Page, Response } from 'playwright-core'
import { expect } from 'vitest'
import { story } from './story'

const LIMIT = 300_000

async function scriptsOf(page: Page, open: () => Promise<void>) {
  const loaded: Promise<{ url: string; bytes: number }>[] = []
  const heard = (response: Response) => {
    if (/javascript/.test(response.headers()['content-type'] ?? '')) loaded.push(sizeOf(response))
  }
  page.on('response', heard)
  await open()
  // What is fetched ahead from here on may come when the page is closed already, and has no size then.
  page.off('response', heard)
  return Promise.all(loaded)
}

async function sizeOf(response: Response) {
  return { url: response.url(), bytes: (await response.request().sizes()).responseBodySize }
}

story('the overview loads less than 300 kB of script', async ({ visit, page }) => {
  const scripts = await scriptsOf(page, async () => {
    await visit.open('/')
    await visit.live()
    await visit.settled()
  })
  const bytes = scripts.reduce((sum, script) => sum + script.bytes, 0)
  process.stdout.write(`the overview loads ${scripts.length} scripts, ${(bytes / 1000).toFixed(1)} kB\n`)
  expect(scripts.length).toBeGreaterThan(1)
  expect(bytes).toBeGreaterThan(50_000)
  expect(bytes, scripts.map(({ url, bytes }) => `${url} ${bytes}`).join('\n')).toBeLessThan(LIMIT)
})
