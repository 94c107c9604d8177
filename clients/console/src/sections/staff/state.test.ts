import { expect, it } from 'vitest'
import { stateOf } from './state'

const NOW = Date.parse('2026-06-01T04:00:00Z')

it.each([
  [null, null, 'active'],
  [null, '2026-06-08T04:00:00Z', 'first'],
  [null, '2026-06-01T04:00:00Z', 'expired'],
  ['2026-05-01T04:00:00Z', '2026-06-08T04:00:00Z', 'disabled'],
  ['2026-05-01T04:00:00Z', null, 'disabled'],
])('disabled at %s, first password until %s: %s', (disabled_at, first_password_until, state) => {
  expect(stateOf({ disabled_at, first_password_until }, NOW)).toBe(state)
})
