import { MantineProvider } from '@mantine/core'
import { act, cleanup, render } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { TimeAgo } from './Times'

afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

it('what is told in seconds keeps step with the clock, and the rest with every quarter of a minute', () => {
  vi.useFakeTimers({ now: new Date('2026-11-21T17:00:00Z') })
  const { container } = render(
    <MantineProvider>
      <TimeAgo at="2026-11-21T16:59:50Z" />
    </MantineProvider>,
  )
  const after = (seconds: number) => {
    act(() => vi.advanceTimersByTime(seconds * 1_000))
    return container.querySelector('time')?.textContent
  }
  expect(after(0)).toBe('10 sec. ago')
  expect(after(2)).toBe('12 sec. ago')
  expect(after(47)).toBe('59 sec. ago')
  expect(after(1)).toBe('1 min. ago')
  expect(after(75)).toBe('2 min. ago')
})
