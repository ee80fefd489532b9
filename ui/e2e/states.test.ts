/** What pages say in states that come and go: each looked at in both themes and widths, like the pages themselves. */
import { expect } from 'vitest'
import { lookAt, WIDTHS } from './axe'
import type { Visit } from './browser'
import type { Polder } from './client'
import { storyOfItsOwn } from './story'

const story = storyOfItsOwn('--slots', '4')

const FLIGHTS = `name: flights
parameters: {fails: {type: boolean, default: false}, takes: {type: integer, default: 0}}
steps:
  - {name: load, run: "sleep {{ params.takes }}; {{ params.fails }} && exit 4; true"}
  - {name: tell, when: on_failure, needs: [load], run: echo it failed}
`
const DELAYS = `name: delays
triggers: [{executions: {allOf: [{pipeline: operations/flights}, {pipeline: meteorology/weather}], within: day}}]
steps: [{name: build, run: "true"}]
`
const rest = (name: string) => `name: ${name}\nsteps: [{name: rest, run: "true"}]\n`

async function deploy(polder: Polder) {
  await polder.deploy({ 'polder.yaml': 'project: flights\nteam: operations\n', 'pipelines/flights.yaml': FLIGHTS })
  await polder.deploy({
    'polder.yaml': 'project: weather\nteam: meteorology\n',
    'pipelines/weather.yaml': rest('weather'),
  })
  await polder.deploy({ 'polder.yaml': 'project: delays\nteam: punctuality\n', 'pipelines/delays.yaml': DELAYS })
}

async function look(visit: Visit, name: string, path: string, shown: string | RegExp) {
  for (const [width, size] of Object.entries(WIDTHS)) {
    await visit.page.setViewportSize(size)
    await visit.open(path)
    await visit.page.getByText(shown).first().waitFor()
    expect(await lookAt(visit, `state-${name}`, width as keyof typeof WIDTHS), `${name} ${width}`).toEqual([])
    const beyond = await visit.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(beyond, `${name} ${width}: scrolls to the side`).toBeLessThanOrEqual(0)
  }
}

story(
  'each state says what is so',
  async ({ visit, page, polder }) => {
    visit.troubles.allow(/status of 404/)
    await deploy(polder)
    const why = '/pipelines/punctuality/delays'
    await look(visit, 'never', why, 'It still waits for')
    for (const logical_date of ['2026-02-01', '2026-02-02']) {
      await polder.run('operations/flights', { logical_date })
      await polder.run('meteorology/weather', { logical_date })
    }
    await expect.poll(async () => (await polder.newestRun('punctuality/delays'))?.logical_day).toBe('2026-02-02')
    await look(visit, 'next-day', why, 'What it waits for next')

    await polder.run('meteorology/weather', { logical_date: '2026-02-03' })
    await look(visit, 'one-day', why, 'Why has it not run for 2026-02-03?')

    const failed = await polder.run('operations/flights', { logical_date: '2026-02-03', parameters: { fails: true } })
    await polder.run('operations/flights', { logical_date: '2026-02-04' })
    await look(visit, 'broken', '/pipelines/operations/flights', 'other dates have succeeded since')
    await look(visit, 'held-back', '/', 'other dates have succeeded since')
    await look(visit, 'holds-back', `/runs/${failed.id}?view=graph`, 'It holds back')
    await look(visit, 'unknown', '/pipelines/operations/flihgts', 'Perhaps you mean')

    const again = await polder.start('operations/flights', { logical_date: '2026-02-03', parameters: { takes: 25 } })
    await look(visit, 'mending', '/', '1 failure is being mended')
    await polder.ended(again)
    await visit.open('/')
    await page.getByRole('heading', { name: 'All is well' }).waitFor()
  },
  240_000,
)
