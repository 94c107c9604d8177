import { readFileSync } from 'node:fs'
import { join } from 'node:path'
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

describe('the names in the books', () => {
  const contract = JSON.parse(readFileSync(join(import.meta.dirname, '../../packages/api/openapi.json'), 'utf8')) as
    { components: { schemas: Record<string, { enum?: string[] }> } }
  it.each([
    ['Account', zhHant.money.account], ['Kind', zhHant.money.kind],
    ['DifferenceKind', zhHant.reconciliation.kind], ['ReconciliationStatus', zhHant.reconciliation.status],
  ])('every %s of the contract has words', (name, words) => {
    const codes = contract.components.schemas[name]?.enum ?? []
    expect(codes.length).toBeGreaterThan(3)
    expect(codes.filter((code) => !(code in words))).toEqual([])
  })
})
