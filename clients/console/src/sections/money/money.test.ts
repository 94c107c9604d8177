import { describe, expect, it } from 'vitest'
import { cardsOf } from './cards'
import type { MoneySummary } from './types'

describe('the cards of the money page', () => {
  it('show the accounts that matter, with zero for what has no booking yet', () => {
    const summary = { accounts: [{ code: 'refunds_in_transit', kind: 'liability', balance_fen: 2_990 }] } as unknown as MoneySummary
    expect(cardsOf(summary).map((card) => [card.key, card.fen])).toEqual([['held', 0], ['given', 0], ['way', 2_990], ['provider', 0]])
  })
})
