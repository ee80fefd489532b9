/** What broke, why, and how everything that waits for it follows once it is mended. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { signIn } from './browser'
import { story } from './story'

const catchOf = (line: string) => `name: catch
steps:
  - {name: sail, run: echo on the lake}
  - name: weigh
    run: |
      echo weighing
      ${line}
`
const MARKET = `name: market
triggers:
  - executions: {allOf: [{pipeline: fish/catch}], within: day}
steps: [{name: sell, run: echo selling}]
`
const project = (line: string) => ({
  'polder.yaml': 'project: fishing\nteam: fish\n',
  'pipelines/catch.yaml': catchOf(line),
  'pipelines/market.yaml': MARKET,
})
const WRONG = 'the scales are rusty'

const broken = (page: Page) => page.getByRole('article', { name: 'fish/catch' })

story(
  'a failed step is found, mended, and run again; the dependent follows by itself',
  async ({ visit, page, polder }) => {
    await polder.deploy(project(`sleep 0.2; echo ${WRONG} >&2; exit 7`))
    const failed = await polder.run('fish/catch', { logical_date: '2026-02-03' })

    // The reason, and what waits for it, is on the first page that one sees.
    await visit.open('/')
    await broken(page).getByText(WRONG).waitFor()
    await broken(page)
      .getByText(/Holds back/)
      .getByRole('link', { name: /market/ })
      .waitFor()
    await broken(page).getByRole('link', { name: 'Open log' }).click()
    await page.waitForURL((url) => url.pathname === `/runs/${failed.id}` && url.searchParams.get('step') === 'weigh')
    await page.getByText(WRONG, { exact: true }).first().waitFor()
    await page
      .getByText(/It holds back/)
      .getByRole('link', { name: 'market' })
      .click()
    // Where it is held back, it says by what.
    await page.getByText(/The run of fish\/catch for 2026-02-03 failed/).waitFor()
    await page.getByRole('link', { name: 'for 2026-02-03' }).click()

    await polder.deploy(project('echo 12 kilograms'))
    await runAgainFromFailed(page)
    await page.waitForURL((url) => url.pathname.startsWith('/runs/') && !url.pathname.endsWith(failed.id))
    await page.getByText('12 kilograms', { exact: true }).first().waitFor()
    // What was mended needs no advice.
    await page.goBack()
    await page.getByText('It was run again since, and has succeeded.').first().waitFor()
    expect(await page.getByText('Mend that, then run again').count()).toBe(0)

    // Nobody has started the dependent.
    await visit.open('/runs?team=fish&pipeline=market')
    await page.getByRole('table', { name: 'Runs' }).getByRole('link', { name: 'succeeded' }).waitFor()
    expect((await polder.newestRun('fish/market'))?.logical_day).toBe('2026-02-03')
    await visit.open('/?team=fish')
    await expect.poll(() => broken(page).count()).toBe(0)
  },
)

async function runAgainFromFailed(page: Page) {
  await page.getByRole('button', { name: 'Run again' }).click()
  await page.getByRole('menuitem', { name: 'With the newest revision' }).first().click()
}

story('the overview shows the end of it without loading anything again', async ({ visit, page, polder }) => {
  const scales = (line: string) => ({
    'polder.yaml': 'project: scales\nteam: scales\n',
    'pipelines/catch.yaml': catchOf(line),
  })
  const card = page.getByRole('article', { name: 'scales/catch' })
  await polder.deploy(scales(`echo ${WRONG} >&2; exit 7`))
  await visit.open('/?team=scales')
  await visit.live()
  await polder.run('scales/catch', { logical_date: '2026-02-04' })
  await card.getByText(WRONG).waitFor()
  await polder.deploy(scales('sleep 4; echo 13 kilograms'))
  await card.getByRole('button', { name: /^Run again from failed/ }).click()
  await card.waitFor({ state: 'hidden' })
  // It is not well before it has succeeded.
  await page.getByRole('heading', { name: '1 failure is being mended' }).waitFor()
  expect(await page.getByText('All is well').count()).toBe(0)
  await page.getByRole('heading', { name: 'All is well' }).waitFor()
})

const MILL = `name: mill
triggers: [{executions: {allOf: [{pipeline: wind/gust}], within: day}}]
steps: [{name: grind, run: sleep 3}]
`
const wind = (line: string) => ({
  'polder.yaml': 'project: wind\nteam: wind\n',
  'pipelines/gust.yaml': `name: gust\nsteps: [{name: blow, run: '${line}'}]\n`,
})

story('a team is not well while it waits for what failed elsewhere', async ({ visit, page, context, polder }) => {
  await polder.deploy({ 'polder.yaml': 'project: grain\nteam: grain\n', 'pipelines/mill.yaml': MILL })
  await polder.deploy(wind('echo calm; exit 3'))
  const { token } = await polder.token('miller of grain', 'viewer', 'grain')
  const chip = page.getByRole('navigation', { name: 'Teams' }).getByRole('link', { name: /^grain/ })
  await visit.open('/?team=grain')
  await visit.live()
  await page.getByRole('heading', { name: 'All is well' }).waitFor()
  const failed = await polder.run('wind/gust', { logical_date: '2026-02-05' })
  await page.getByRole('heading', { name: 'Held back' }).waitFor()
  await page.getByText('Waits for wind/gust for 2026-02-05, which failed').waitFor()
  await chip.getByRole('img', { name: '1 held back' }).waitFor()
  await visit.photograph('held-back')

  // It is not well either while that is mended, nor before it has followed.
  await polder.deploy(wind('sleep 3'))
  await polder.rerun(failed.id)
  await page.getByText('which failed and runs again').waitFor()
  await chip.getByRole('img', { name: '1 held back' }).waitFor()
  await page.getByRole('heading', { name: '1 run follows what was mended' }).waitFor()
  await chip.getByRole('img', { name: '1 running' }).waitFor()
  await page.getByRole('heading', { name: 'All is well' }).waitFor()
  expect((await polder.newestRun('grain/mill'))?.logical_day).toBe('2026-02-05')

  // Who sees this team alone is told the name of the other's pipeline, and no more.
  await polder.deploy(wind('exit 4'))
  await polder.run('wind/gust', { logical_date: '2026-02-06' })
  await signIn(context, { url: visit.server.url, token })
  await visit.open('/')
  await page.getByText('Waits for wind/gust for 2026-02-06, of another team').waitFor()
  expect(await page.getByRole('link', { name: 'wind/gust' }).count()).toBe(0)
  expect(await page.getByText('All is well').count()).toBe(0)
})
