import { render } from '@testing-library/react'
import { expect, it } from 'vitest'
import { Unbroken } from './Unbroken'

it('dates stay whole, and the words are the same', () => {
  const { container } = render(<Unbroken text="For 2013-02-06 and 2013-02-07 it still waits." />)
  const whole = [...container.querySelectorAll('span')].map(({ textContent }) => textContent)
  expect(whole).toEqual(['2013-02-06', '2013-02-07'])
  expect(container.textContent).toBe('For 2013-02-06 and 2013-02-07 it still waits.')
})
