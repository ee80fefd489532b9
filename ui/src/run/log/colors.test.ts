import { describe, expect, it } from 'vitest'
import { contrast, legible, styleOf } from './colors'

describe('colours of a log', () => {
  it('can be read in both themes', () => {
    const [white, dark] = [
      [255, 255, 255],
      [36, 36, 36],
    ] as const
    for (const color of [
      [255, 255, 0],
      [0, 0, 255],
      [0, 0, 0],
      [255, 255, 255],
      [128, 128, 128],
      [255, 0, 0],
    ] as const) {
      expect(contrast(legible(color, white, 0), white)).toBeGreaterThan(4.5)
      expect(contrast(legible(color, dark, 255), dark)).toBeGreaterThan(4.5)
    }
    expect(legible([120, 0, 0], white, 0)).toEqual([120, 0, 0])
  })

  it('stand on a background with black or white', () => {
    expect(styleOf({ background: 1, color: 1 })).toEqual({ backgroundColor: 'rgb(207 34 46)', color: 'white' })
    expect(styleOf({ background: [255, 255, 0] })?.color).toBe('black')
    expect(styleOf({ color: 3 })).toEqual({ color: 'var(--log-3)' })
    expect(styleOf({ bold: true })).toBeUndefined()
  })
})
