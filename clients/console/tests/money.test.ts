import { describe, expect, it } from 'vitest'
import type { MoneySummary } from '@/api/types'
import zhHant from '@/locales/zh-Hant.json'
import { cardsOf } from '@/pages/money/cards'
import { TROUBLES, troubleOf } from '@/pages/refunds/trouble'

describe('a stuck refund', () => {
  it.each([
    ['failed', 'ABNORMAL', 'failed'],
    ['refused', 'NOT_ENOUGH: the balance is empty', 'funds'],
    ['refused', 'INVALID_REQUEST: no', 'refused'],
    ['too_many', 'not asked: 50 refunds', 'too_many'],
    ['something', 'else', 'unknown'],
    [null, null, 'unknown'],
  ])('%s with %s is of the kind %s', (trouble, said, kind) =>
    expect(troubleOf({ trouble, trouble_words: said })).toEqual({ kind, words: said ?? '' }))

  it.each([...TROUBLES, 'unknown'])('%s has words and advice', (kind) => {
    expect(zhHant.refund.trouble.why).toHaveProperty(kind)
    expect(zhHant.refund.trouble.advice).toHaveProperty(kind)
  })
})

describe('the cards of the money page', () => {
  it('show the accounts that matter, with zero for what has no booking yet', () => {
    const summary = { accounts: [{ code: 'refunds_in_transit', kind: 'liability', balance_fen: 2_990 }] } as unknown as MoneySummary
    expect(cardsOf(summary).map((card) => [card.key, card.fen])).toEqual([['held', 0], ['given', 0], ['way', 2_990], ['provider', 0]])
  })
})
