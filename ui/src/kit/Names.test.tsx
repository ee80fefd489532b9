import { render } from '@testing-library/react'
import { expect, test } from 'vitest'
import { Names } from './Names'

const marked = (text: string) => render(<Names text={text} />).container.innerHTML

test('a name may be broken behind its dots and underscores', () => {
  expect(marked('marts.delays_by_weather')).toBe('marts.<wbr>delays_<wbr>by_<wbr>weather')
})

test('a plain word stays whole, as does what it ends in', () => {
  expect([marked('orders'), marked('_private__'), marked('')]).toEqual(['orders', '_<wbr>private__', ''])
})
