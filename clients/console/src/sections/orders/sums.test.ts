import { expect, it } from 'vitest'
import { reductionsOf } from './sums'

it('adds up what reductions took off, and leaves the freight alone', () => {
  expect(reductionsOf([
    { kind: 'coupon', line: 1, amount_fen: -700 },
    { kind: 'coupon', line: 2, amount_fen: -300 },
    { kind: 'points', line: 1, amount_fen: -5 },
    { kind: 'freight', line: null, amount_fen: 600 },
  ])).toEqual([['coupon', 1000], ['points', 5]])
  expect(reductionsOf([])).toEqual([])
})
