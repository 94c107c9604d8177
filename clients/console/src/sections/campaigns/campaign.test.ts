import { beforeEach, describe, expect, it } from 'vitest'
import { ApiProblem } from '@/api/problems'
import type { Product } from '@/api/types'
import { campaignInput, emptyTier, fixPrices, newDraft, offPercent, perkCost, withKind, type CampaignDraft } from './draft'
import { fieldOfPath, refusalKey, refusedFields, validateCampaign } from './validation'

const NOW = Date.parse('2026-11-22T10:00:30Z')
const A = '0193a000-0000-7000-8000-00000000000a'
const B = '0193a000-0000-7000-8000-00000000000b'
const product: Product = {
  id: '0193a000-0000-7000-8000-000000000001',
  merchant_id: '0193a000-0000-7000-8000-000000000002',
  merchant_name: { en: 'Shop' },
  name: { en: 'Tea' },
  summary: { en: 'Tea' },
  description: { en: 'Tea' },
  category_slug: 'tea',
  images: ['/media/tea.webp'],
  list_price_fen: 12_000,
  skus: [
    { id: A, name: { en: 'One' }, solo_price_fen: 10_000 },
    { id: B, name: { en: 'Two' }, solo_price_fen: 1_999 },
  ],
  published: true,
  demo: false,
  version: 1,
}

let draft: CampaignDraft
const fields = (): string[] => validateCampaign(draft, NOW).map((issue) => `${issue.field} ${issue.key}`)

beforeEach(() => {
  draft = newDraft(NOW)
  draft.product = product
  draft.name = 'Autumn'
  draft.tiers = [{ people: 2, kept: null, prices: { [A]: 8_000, [B]: 1_500 } }]
})

describe('a campaign before it is sent', () => {
  it('is fine as the form proposes it, once product, name and prices are there', () => {
    expect(fields()).toEqual([])
  })

  it('says everything that is missing', () => {
    draft = newDraft(NOW)
    draft.tiers = [emptyTier(null)]
    draft.duration = null
    expect(fields()).toEqual(['product product', 'name name', 'tiers.0.people people', 'duration duration'])
  })

  it('wants people to rise and prices not to', () => {
    draft.kind = 'ladder'
    draft.tiers = [
      { people: 5, kept: null, prices: { [A]: 8_000, [B]: 1_500 } },
      { people: 5, kept: null, prices: { [A]: 8_001, [B]: 1_500 } },
    ]
    expect(fields()).toEqual(['tiers.1.people people-order', `tiers.1.prices.${A} price-order`])
  })

  it('wants a price between one fen and the solo price for every option', () => {
    draft.tiers[0]!.prices = { [A]: 10_001, [B]: 0 }
    expect(fields()).toEqual([`tiers.0.prices.${A} price-solo`, `tiers.0.prices.${B} price`])
  })

  it.each([[59, false], [60, true], [604_800, true], [604_801, false]])('a group may last %i s: %s', (seconds, allowed) => {
    draft.durationUnit = 'minute'
    draft.duration = seconds / 60
    expect(fields().includes('duration duration')).toBe(!allowed)
  })

  it('must end after it starts, and not in the past', () => {
    draft.endsAt = draft.startsAt
    expect(fields()).toEqual(['ends_at ends-order'])
    draft.startsAt = '2026-11-20T00:00:00'
    draft.endsAt = '2026-11-22T18:00:00' // 10:00 UTC, half a minute ago
    expect(fields()).toEqual(['ends_at ends-past'])
  })

  it('has limits above zero and at least one province when it names any', () => {
    draft.stockCap = 0
    draft.perUserLimit = 0
    draft.regions = []
    expect(fields()).toEqual(['stock_cap positive', 'per_user_limit positive', 'regions regions'])
  })

  it('a ladder has two tiers or more', () => {
    withKind(draft, 'ladder')
    expect(draft.tiers).toHaveLength(2)
    draft.tiers.pop()
    expect(fields()).toContain('tiers two-tiers')
    draft.tiers = [2, 3, 4, 5, 6, 7].map((people) => ({ people, kept: null, prices: { [A]: 8_000, [B]: 1_500 } }))
    expect(fields()).toEqual(['tiers many-tiers'])
  })
})

describe('the terms of a campaign', () => {
  it('let more people in above the top tier of a ladder only', () => {
    withKind(draft, 'ladder')
    draft.overflow = true
    expect(campaignInput(draft).overflow).toBe(true)
    withKind(draft, 'fixed')
    expect(campaignInput(draft).overflow).toBe(false)
  })

  it.each([['none', null, null], ['percent', 30, 30], ['free', 30, 100]] as const)('an initiator with %s (%s) gets %s %%', (perk, typed, sent) => {
    draft.perk = perk
    draft.perkPercent = typed
    expect(offPercent(draft)).toBe(sent)
    expect(campaignInput(draft).initiator_off_percent).toBe(sent)
  })

  it.each([null, 0, 100])('a share is from 1 to 99 per cent, not %s', (typed) => {
    draft.perk = 'percent'
    draft.perkPercent = typed
    expect(fields()).toEqual(['initiator_off_percent perk'])
  })

  it('say what the reward costs, half a fen rounded up, from the cheapest to the dearest case', () => {
    expect(perkCost(draft)).toBeNull()
    draft.perk = 'percent'
    draft.perkPercent = 33
    draft.tiers = [{ people: 2, kept: null, prices: { [A]: 8_000, [B]: 1_550 } }]
    expect(perkCost(draft)).toEqual({ least: 512, most: 2_640 })
    draft.tiers[0]!.prices = {}
    expect(perkCost(draft)).toBeNull()
  })
})

describe('what is sent', () => {
  it('turns discounts into prices per option, and China time into UTC', () => {
    withKind(draft, 'ladder')
    draft.entry = 'discount'
    draft.tiers[0] = { ...emptyTier(3), kept: 9000 }
    draft.tiers[1] = { ...emptyTier(5), kept: 8000 }
    expect(fields()).toEqual([])
    const body = campaignInput(draft)
    expect(body.tiers).toEqual([
      { people: 3, prices: [{ sku_id: A, price_fen: 9_000 }, { sku_id: B, price_fen: 1_799 }] },
      { people: 5, prices: [{ sku_id: A, price_fen: 8_000 }, { sku_id: B, price_fen: 1_599 }] },
    ])
    expect(body.starts_at).toBe('2026-11-22T10:00:00Z')
    expect(body.ends_at).toBe('2026-11-29T10:00:00Z')
    expect(body.group_duration_s).toBe(86_400)
  })

  it('keeps computed prices when going over to entering them', () => {
    draft.tiers[0] = { ...emptyTier(2), kept: 8500 }
    fixPrices(draft)
    expect(draft.tiers[0]?.prices).toEqual({ [A]: 8_500, [B]: 1_699 })
  })
})

describe('what the server refuses', () => {
  it.each([
    ['body.tiers.0.prices.1.price_fen', `tiers.0.prices.${B}`],
    ['/tiers/2/people', 'tiers.2.people'],
    ['tiers[1].prices[0].price_fen', `tiers.1.prices.${A}`],
    ['body.group_duration_s', 'duration'],
    ['product_id', 'product'],
    ['ends_at', 'ends_at'],
  ])('%s belongs to %s', (path, field) => expect(fieldOfPath(path, [A, B])).toBe(field))

  it('says why tiers were refused, and falls back on the general sentence', () => {
    const refusal = (reason: string, code = 'trade/bad-tiers') => refusalKey(new ApiProblem(422, { code, reason }))
    expect(refusal('overflow_needs_ladder')).toBe('campaign.refused.overflow_needs_ladder')
    expect(refusal('something_new')).toBeNull()
    expect(refusal('overflow_needs_ladder', 'trade/campaign-overlaps')).toBeNull()
  })

  it('is put into words at its field', () => {
    const errors = [{ path: 'body.tiers.0.people', message: 'too small', code: 'greater_than_equal' }]
    const problem = new ApiProblem(422, { code: 'platform/invalid-request', errors })
    expect(refusedFields(problem, [A, B], (code) => `<${code}>`)).toEqual({ 'tiers.0.people': '<greater_than_equal>' })
  })
})
