/** The graph of everything: one pipeline and its surroundings. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { story } from './story'

/** spring → brook → river → sea, and mill, which also starts after brook. */
const AFTER: Record<string, string[]> = {
  spring: [],
  brook: ['spring'],
  river: ['brook'],
  sea: ['river'],
  mill: ['brook'],
}

function files() {
  const pipelines = Object.entries(AFTER).map(([name, after]) => {
    const waits = after.map((other) => `{pipeline: delta/${other}}`).join(', ')
    const triggers = waits && `triggers: [{executions: {allOf: [${waits}], within: day}}]\n`
    return [`pipelines/${name}.yaml`, `name: ${name}\n${triggers}steps: [{name: flow, run: "true"}]\n`]
  })
  return { 'polder.yaml': 'project: delta\nteam: delta\n', ...Object.fromEntries(pipelines) }
}

/** The names on the cards. */
const drawn = (page: Page) =>
  page
    .getByLabel('Pipelines and what they wait for, in words')
    .getByRole('listitem')
    .allInnerTexts()
    .then((words) => words.map((text) => text.split(',')[0]).sort())

story(
  'one is focused on: what leads to it and what follows stays, the rest goes and comes back',
  async ({ visit, page, polder }) => {
    await polder.deploy(files())
    await visit.open('/graph')
    await expect.poll(() => drawn(page)).toEqual(expect.arrayContaining(['brook', 'mill', 'pumps', 'sea']))
    await page.locator('[data-card="delta/river"]').click()
    const panel = page.getByRole('region', { name: 'delta/river' })
    await panel.getByRole('button', { name: 'Only what is around it' }).click()
    await expect.poll(() => drawn(page)).toEqual(['brook', 'river', 'sea', 'spring'])
    expect(new URL(page.url()).searchParams.get('focus')).toBe('delta/river')

    await page
      .getByRole('radiogroup', { name: 'How far around delta/river' })
      .getByText('1 step', { exact: true })
      .click()
    await expect.poll(() => drawn(page)).toEqual(['brook', 'river', 'sea'])
    await page.reload()
    await expect.poll(() => drawn(page)).toEqual(['brook', 'river', 'sea'])
    await page.getByRole('button', { name: 'Show everything' }).click()
    await expect.poll(() => drawn(page)).toEqual(expect.arrayContaining(['mill', 'pumps', 'spring']))
  },
)
