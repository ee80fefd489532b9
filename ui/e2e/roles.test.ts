/** Who may only look. */
import { expect } from 'vitest'
import { signIn } from './browser'
import { storyOutside as story } from './story'

story(
  'a viewer of one team sees it and nothing else, and may press nothing',
  async ({ visit, page, context, polder, world }) => {
    visit.troubles.allow(/status of 40[34]/)
    await polder.deploy({
      'polder.yaml': 'project: mills\nteam: mills\n',
      'pipelines/mill.yaml': 'name: mill\nsteps: [{name: grind, run: "true"}]\n',
    })
    const { token } = await polder.token('miller', 'viewer', 'mills')
    await signIn(context, { url: visit.server.url, token })

    await visit.open('/pipelines')
    await page.getByRole('link', { name: 'mills/mill' }).first().waitFor()
    expect(await page.getByRole('link', { name: /^lake\// }).count()).toBe(0)

    await visit.open('/pipelines/mills/mill')
    const run = page.getByRole('button', { name: 'Run…' })
    await expect.poll(() => run.getAttribute('aria-disabled')).toBe('true')
    await run.hover()
    await page.getByRole('tooltip').filter({ hasText: 'Only an operator of mills may do this.' }).waitFor()
    await run.click({ force: true })
    expect(await page.getByRole('dialog').count()).toBe(0)

    // What a token may not see is not there.
    await visit.open(`/runs/${world.failed}`)
    await page.getByRole('heading', { name: 'No such run' }).waitFor()
    expect(await page.getByText('crack found').count()).toBe(0)
  },
)

story(
  'of another team’s pipeline nothing is said that its viewer cannot know',
  async ({ visit, page, context, polder }) => {
    await polder.deploy({
      'polder.yaml': 'project: sluice\nteam: sluice\n',
      'pipelines/gate.yaml': 'name: gate\nsteps: [{name: open, run: "true"}]\n',
    })
    await polder.deploy({
      'polder.yaml': 'project: dredge\nteam: dredge\n',
      'pipelines/mud.yaml':
        'name: mud\ntriggers: [{executions: {allOf: [{pipeline: sluice/gate}, {pipeline: dredge/own}], within: day}}]\nsteps: [{name: dig, run: "true"}]\n',
      'pipelines/own.yaml': 'name: own\nsteps: [{name: dig, run: "true"}]\n',
    })
    await polder.run('sluice/gate', { logical_date: '2026-02-01' })
    await polder.run('dredge/own', { logical_date: '2026-02-02' })
    const { token } = await polder.token('dredger', 'viewer', 'dredge')
    await signIn(context, { url: visit.server.url, token })

    await visit.open('/pipelines/dredge/mud')
    await page.getByText('It belongs to sluice, whose pipelines you may not see.').first().waitFor()
    expect(await page.getByText('never run').count()).toBe(1)
    expect(await page.getByRole('link', { name: 'sluice/gate' }).count()).toBe(0)
  },
)
