/** Nobody has touched the page for as long as a session lasts, whatever it asks by itself. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Polder } from './client'
import { storyOfItsOwn } from './story'

const IDLE = 8_000
const story = storyOfItsOwn('--session-idle', `${IDLE / 1000}s`)

const NEWS = 'name: news\nsteps: [{name: tell, run: "true"}]\n'
const LONG = 'name: long\nsteps: [{name: wait, run: "for i in $(seq 100); do echo $i; sleep 0.3; done"}]\n'
const LOCKED = 'name: locked\nsteps: [{name: open, run: "true", secrets: {KEY: no-such-key}}]\n'
const FILES = {
  'polder.yaml': 'project: quay\nteam: quay\n',
  'pipelines/news.yaml': NEWS,
  'pipelines/long.yaml': LONG,
  'pipelines/locked.yaml': LOCKED,
}

const ended = (page: Page) => page.getByRole('dialog', { name: 'Your session has ended' })

/** As long as the answer is not called, something happens again and again. */
function news(polder: Polder): () => Promise<void> {
  let goesOn = true
  const told = (async () => {
    while (goesOn) await polder.run('quay/news')
  })()
  return async () => {
    goesOn = false
    await told
  }
}

async function signInAgain(page: Page, token: string) {
  await ended(page).getByLabel('API token').fill(token)
  await ended(page)
    .getByRole('button', { name: /^Sign in/ })
    .click()
  await ended(page).waitFor({ state: 'hidden' })
}

story(
  'every page lets the session end, and stays as it was beneath the question',
  async ({ visit, page, polder }) => {
    visit.troubles.allow(/status of 401/)
    await polder.deploy(FILES)
    const run = await polder.start('quay/long')
    const stop = news(polder)
    for (const [path, shown] of [
      ['/about', /About/],
      ['/', /Overview/],
      ['/secrets', /Secrets/],
      ['/agents', /Agents/],
      [`/runs/${run}`, /./],
    ] as const) {
      await visit.open(path)
      await visit.live()
      await ended(page).waitFor()
      await page.getByRole('heading', { level: 1, name: shown, includeHidden: true }).waitFor()
      expect(await page.getByRole('alert', { includeHidden: true }).count(), path).toBe(0)
      expect(await page.getByText('connection lost').count(), path).toBe(0)
      await visit.photograph(`session-ended${path.replace(run, 'of-a-run')}`)
      await signInAgain(page, visit.server.token)
      await visit.live()
    }
    await stop()
  },
  240_000,
)

story('who does something now and then stays signed in', async ({ visit, page, polder }) => {
  await polder.deploy(FILES)
  await visit.open('/')
  const places = page.getByRole('navigation', { name: 'Places' })
  for (let time = 0; time < 6; time++) {
    await page.waitForTimeout(IDLE / 3)
    await places.getByRole('link', { name: time % 2 ? 'Overview' : 'Agents' }).click()
  }
  expect(await ended(page).count()).toBe(0)
})
