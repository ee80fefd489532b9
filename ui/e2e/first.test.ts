/** What happens before somebody sees the first page, and what does not. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { story } from './story'

story('what the first page shows is asked for once, and asked for again when it stands', async ({ visit, page }) => {
  const overviews: string[] = []
  page.on('request', (request) => {
    if (request.url().includes('/api/v1/overview')) overviews.push(request.url())
  })
  const { held, letGo } = await hold(page, '**/api/v1/overview*')
  await page.goto('/')
  await held
  // Changes come in while the data is still on its way: it need not be loaded again for what it may have missed.
  await visit.live()
  letGo()
  await page.getByRole('region', { name: /^Next/ }).waitFor()
  expect(overviews.length).toBe(1)
  await expect.poll(() => overviews.length).toBe(2)
})

story('nothing on the first page is pushed away by what comes after it', async ({ visit, page }) => {
  await page.addInitScript(() => {
    const moved = Object.assign(window, { moved: 0 })
    const add = (list: PerformanceObserverEntryList) => {
      for (const entry of list.getEntries()) moved.moved += (entry as unknown as { value: number }).value
    }
    new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true })
  })
  await page.setViewportSize({ width: 412, height: 823 })
  const { held, letGo } = await hold(page, '**/api/v1/overview*')
  await page.goto('/')
  await held
  await page.getByRole('status', { name: 'Loading' }).waitFor()
  letGo()
  await page.getByRole('region', { name: /^Next/ }).waitFor()
  await visit.settled()
  expect(await page.evaluate(() => (window as unknown as { moved: number }).moved)).toBeLessThan(0.01)
})

/** Keeps back what the page asks for until `letGo` is called; `held` is when it has asked. */
async function hold(page: Page, path: string) {
  let letGo = () => {}
  const free = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const held = page.waitForRequest(path)
  await page.route(path, async (route) => {
    await free
    await route.continue()
  })
  return { held, letGo: () => letGo() }
}
