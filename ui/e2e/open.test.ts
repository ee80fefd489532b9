/** What opens on top of pages, light and dark, wide and narrow: nothing in it that keeps somebody from using it. */
import type { Page } from 'playwright-core'
import { expect, inject } from 'vitest'
import { lookAt, WIDTHS } from './axe'
import type { Polder } from './client'
import type { World } from './seed'
import { story } from './story'

type Opening = { name: string; path: string; open: (page: Page) => Promise<void>; shown: string }

const press = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).first().click()
const hover = (words: string) => (page: Page) => page.getByRole('main').locator(words).first().hover()
const keys = (combination: string) => (page: Page) => page.keyboard.press(combination)
const type = (text: string) => (page: Page) => page.getByRole('textbox', { name: 'Find anything' }).fill(text)
const [MENU, DIALOG, TOOLTIP, LIST] = ['[role=menu]', '[role=dialog]', '[role=tooltip]', '[role=listbox]']

const inTurn =
  (...steps: ((page: Page) => Promise<void>)[]) =>
  async (page: Page) => {
    for (const step of steps) await step(page)
  }

const openings = ({ failed, running, firstRevision }: World): Opening[] => [
  { name: 'menu-user', path: '/about', open: press('You and this page'), shown: MENU },
  { name: 'menu-environment', path: '/about', open: press(/^Environment/), shown: MENU },
  { name: 'menu-run-again', path: `/runs/${failed}`, open: press('Run again'), shown: MENU },
  {
    name: 'list-teams',
    path: '/pipelines',
    open: (page) => page.getByRole('combobox', { name: /team/i }).click(),
    shown: LIST,
  },
  { name: 'palette', path: '/about', open: inTurn(keys('Control+k'), type('lake')), shown: 'text=lake/water-levels' },
  { name: 'shortcuts', path: '/about', open: keys('?'), shown: DIALOG },
  { name: 'dialog-run', path: '/pipelines/lake/water-levels', open: press('Run…'), shown: DIALOG },
  { name: 'dialog-abort', path: `/runs/${running}`, open: press('Abort'), shown: DIALOG },
  { name: 'dialog-roll-back', path: `/deployments/${firstRevision}`, open: press(/^Roll back/), shown: DIALOG },
  { name: 'dialog-secret', path: '/secrets', open: press('Set a secret'), shown: DIALOG },
  { name: 'dialog-secret-asked-for', path: '/secrets?set=lake%2Fpump-key', open: inTurn(), shown: DIALOG },
  {
    name: 'dialog-secret-lines',
    path: '/secrets?set=new',
    open: (page) => page.getByText('Several lines').click(),
    shown: '[role=dialog] textarea',
  },
  {
    name: 'dialog-secret-file',
    path: '/secrets?set=new',
    open: (page) => page.getByText('A file').click(),
    shown: DIALOG,
  },
  { name: 'dialog-secret-new-value', path: '/secrets', open: press(/^New value for/), shown: DIALOG },
  { name: 'dialog-secret-delete', path: '/secrets', open: press(/^Delete lake/), shown: DIALOG },
  { name: 'dialog-key', path: '/secrets', open: press('Change the master key'), shown: DIALOG },
  { name: 'dialog-token', path: '/tokens', open: press('Create a token'), shown: DIALOG },
  { name: 'dialog-token-revoke', path: '/tokens', open: press('Revoke the token reader'), shown: DIALOG },
  { name: 'tooltip-time', path: '/about', open: hover('time'), shown: TOOLTIP },
  {
    name: 'tooltip-paused',
    path: '/pipelines/lake/resting',
    open: (page) => page.getByRole('button', { name: 'Run…' }).hover(),
    shown: TOOLTIP,
  },
  {
    name: 'graph-selected',
    path: '/graph?pipeline=lake%2Fpumps',
    open: inTurn(),
    shown: '[aria-label="lake/pumps"] button',
  },
  { name: 'graph-focus', path: '/graph?focus=lake%2Fpumps', open: inTurn(), shown: '[aria-label="Show everything"]' },
  {
    name: 'audit-details',
    path: '/audit',
    open: (page) => page.getByRole('main').locator('button[aria-expanded]').first().click(),
    shown: 'dl',
  },
]

/** Until the list of them has to scroll. */
async function moreTeamsThanFit(polder: Polder) {
  const steps = 'name: idle\nsteps: [{name: a, run: "true"}]\n'
  for (const number of [1, 2, 3, 4, 5, 6, 7, 8])
    await polder.deploy({
      'polder.yaml': `project: squad-${number}\nteam: squad-${number}\n`,
      'pipelines/idle.yaml': steps,
    })
}

story.for(openings(inject('world')))('$name', async ({ name, path, open, shown }, { visit, page, polder }) => {
  const wrong: string[] = []
  if (name === 'list-teams') await moreTeamsThanFit(polder)
  for (const [width, size] of Object.entries(WIDTHS)) {
    await page.setViewportSize(size)
    await visit.open(path)
    await visit.live()
    await visit.settled()
    await open(page)
    await page.locator(shown).first().waitFor()
    wrong.push(...(await lookAt(visit, `open-${name}`, width as keyof typeof WIDTHS)))
    await page.locator(shown).first().waitFor()
    expect(await asideOf(page), 'pixels beside the middle').toBeLessThan(12)
  }
  expect(wrong).toEqual([])
})

story('menu-places', async ({ visit, page }) => {
  await page.setViewportSize(WIDTHS.narrow)
  await visit.open('/about')
  await page.getByRole('button', { name: 'Menu' }).click()
  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Runs' }).waitFor()
  expect(await lookAt(visit, 'open-menu-places', 'narrow')).toEqual([])
})

/** How far an open dialog is from the middle of the window; what scrolls may take some of the width. */
const asideOf = (page: Page) =>
  page.evaluate(() => {
    const dialog = document.querySelector('[role=dialog][aria-modal=true]')?.getBoundingClientRect()
    return dialog ? Math.abs(dialog.left + dialog.width / 2 - window.innerWidth / 2) : 0
  })
