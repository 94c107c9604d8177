import { describe, expect, it } from 'vitest'
import { headPrice, hintOf, progressText, type Seats } from '@/core/group-state'
import { t } from '@/core/i18n'
import { groupCard } from '@/core/share'
import { group } from './samples'

const table: [string, Seats, string][] = [
  ['has to form', { goal: 'form', missing: 2, held: 0, full: false }, t('progress.form', { n: 2 })],
  ['lacks one to form', { goal: 'form', missing: 1, held: 0, full: false }, t('progress.formOne')],
  ['forms anyhow, one more lowers the price', { goal: 'next_tier', missing: 1, held: 0, full: false }, t('progress.tierOne')],
  ['has no free seat while one is being paid', { goal: 'form', missing: 1, held: 1, full: true }, t('progress.held', { n: 1 })],
  ['has no free seat below its best price', { goal: 'next_tier', missing: 2, held: 2, full: true }, t('progress.held', { n: 2 })],
  ['has the best price', { goal: 'none', missing: 0, held: 1, full: false }, t('progress.top')],
]

// feature: F1, F13
describe('how far a group is', () => {
  it.each(table)('%s', (_, seats, text) => expect(progressText(seats)).toBe(text))

  const tiers = [{ people: 2, price_fen: 9000, reached: true }, { people: 3, price_fen: 8000, reached: true }]
  const past = { kind: 'ladder', tiers, current_tier: 0, next_tier: 1, paid: 2, locked: 2, goal: 'next_tier', missing: 1 } as const
  it('a ladder past its first tier says nowhere that it has to form', () => {
    const ladder = group({ ...past, tiers: [...tiers] })
    expect(hintOf(ladder)).toBe(t('group.ladderHintOne', { amount: '10.00' }))
    expect(groupCard(ladder).title).toBe(t('group.shareAsk', { progress: t('progress.tierOne'), price: '90.00', name: 'Tea' }))
  })
  it('a group without a free seat asks nobody', () => {
    const held = group({ paid: 2, locked: 3, missing: 1, held: 1, full: true })
    expect(hintOf(held)).toBe(t('progress.held', { n: 1 }))
    expect(groupCard(held).title).toBe(t('group.shareJoin', { price: '29.90', name: 'Tea' }))
  })
  it('a formed ladder stands under the price that was reached', () => {
    const formed = group({ ...past, tiers: [...tiers], status: 'succeeded', paid: 3, goal: 'none', missing: 0, next_tier: null, current_tier: 1, final_tier: 1 })
    expect(headPrice(formed)).toBe(8000)
    expect(headPrice(group({ ...past, tiers: [...tiers] }))).toBe(9000)
  })
})
