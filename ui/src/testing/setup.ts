import { cleanup } from '@testing-library/react'
import { afterEach } from 'vitest'

// Tests say what they expect in one zone, wherever they run.
process.env.TZ = 'UTC'

afterEach(cleanup)
