/** The server goes away and comes back, while somebody looks. */
import { expect } from 'vitest'
import { Polder } from './client'
import { storyOfItsOwn } from './story'

const story = storyOfItsOwn()
const FILES = {
  'polder.yaml': 'project: bay\nteam: bay\n',
  'pipelines/ebb.yaml': 'name: ebb\nsteps: [{name: flow, run: echo out}]\n',
}
/** What a browser writes down when nobody answers. */
const AWAY = [
  /ERR_CONNECTION_REFUSED/,
  /ERR_INCOMPLETE_CHUNKED_ENCODING/,
  /ERR_CONNECTION_RESET/,
  /ERR_INTERNET_DISCONNECTED/,
  /ERR_EMPTY_RESPONSE/,
]

story(
  'a page says that the server is away, keeps what it knows, and catches up by itself',
  async ({ visit, page, server }) => {
    visit.troubles.allow(...AWAY)
    const polder = new Polder(server)
    await polder.deploy(FILES)
    await polder.run('bay/ebb', { logical_date: '2026-02-01' })
    await visit.open('/runs')
    await visit.live()
    await page.getByText('2026-02-01').first().waitFor()
    await page.evaluate(() => Object.assign(window, { stillTheSamePage: true }))

    await server.kill()
    await page.locator('[data-connection="lost"]').waitFor()
    expect(await page.getByText('2026-02-01').count()).toBeGreaterThan(0)

    await server.startAgain()
    // Before the page has noticed: it has to catch up with this.
    await polder.run('bay/ebb', { logical_date: '2026-02-02' })
    await visit.live()
    await page.getByText('2026-02-02').first().waitFor()
    await polder.run('bay/ebb', { logical_date: '2026-02-03' })
    await page.getByText('2026-02-03').first().waitFor()
    expect(await page.evaluate(() => 'stillTheSamePage' in window)).toBe(true)
  },
)

story('a browser that was without a network catches up, too', async ({ visit, page, context, server }) => {
  visit.troubles.allow(...AWAY)
  const polder = new Polder(server)
  await visit.open('/runs')
  await visit.live()
  await context.setOffline(true)
  await page.locator('[data-connection="lost"]').waitFor()
  await polder.run('bay/ebb', { logical_date: '2026-02-04' })
  await context.setOffline(false)
  await visit.live()
  await page.getByText('2026-02-04').first().waitFor()
})

story('a page that is gone to meanwhile says so, and comes by itself', async ({ visit, page, server }) => {
  visit.troubles.allow(...AWAY, /status of 50\d/)
  const places = page.getByRole('navigation', { name: 'Places' })
  await visit.open('/runs?search=nothing-like-this')
  await places.getByRole('link', { name: 'About' }).click()
  await page.getByRole('heading', { level: 1, name: /About/ }).waitFor()
  await visit.live()
  await server.kill()
  await page.locator('[data-connection="lost"]').waitFor()
  await places.getByRole('link', { name: 'Runs' }).click()
  await page.getByRole('alert').first().waitFor()
  await server.startAgain()
  await visit.live()
  await page.getByRole('table', { name: 'Runs' }).waitFor()
})

story(
  'a page that was never loaded before comes by itself when the server is back',
  async ({ visit, page, server }) => {
    visit.troubles.allow(...AWAY, /status of 50\d/, /dynamically imported module/, /ERR_FAILED/)
    // Other pages are loaded when the browser rests; this one is not, as if somebody had been quicker.
    const code = /\/assets\/AgentsPage/
    await page.route(code, (route) => route.abort())
    await visit.open('/about')
    await visit.live()
    await server.kill()
    await page.locator('[data-connection="lost"]').waitFor()
    await page.unroute(code)
    await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Agents' }).click()
    await page.getByRole('heading', { level: 1, name: 'This page could not be loaded' }).waitFor()
    await page.getByRole('alert').getByText('It comes by itself as soon as the server is back.').waitFor()
    await server.startAgain()
    await page.getByRole('table', { name: 'Agents' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/agents')
    await visit.live()
  },
)

story('what comes after the first page does not break it, and comes once it can', async ({ visit, page, server }) => {
  visit.troubles.allow(...AWAY, /status of 50\d/, /ERR_FAILED/)
  const code = /\/assets\/Extras/
  await page.route(code, (route) => route.abort())
  const refused = page.waitForEvent('requestfailed', (request) => code.test(request.url()))
  await visit.open('/about')
  await visit.live()
  await refused
  await page.unroute(code)
  await server.kill()
  await page.locator('[data-connection="lost"]').waitFor()
  await page.getByRole('heading', { level: 1, name: /About/ }).waitFor()
  await server.startAgain()
  await visit.live()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
})
