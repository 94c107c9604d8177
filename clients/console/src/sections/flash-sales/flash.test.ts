import { beforeEach, describe, expect, it } from 'vitest'
import { ApiProblem } from '@/api/problems'
import type { Product } from '@/api/types'
import { flashSaleInput, makeRoom, newDraft, slotAt, takingPart, type FlashDraft } from './draft'
import { fieldOfPath, issueOf, validateFlashSale } from './validation'

const NOW = Date.parse('2026-11-22T10:00:30Z') // 18:00:30 in China
const A = '0193a000-0000-7000-8000-00000000000a'
const B = '0193a000-0000-7000-8000-00000000000b'
const product = {
  id: '0193a000-0000-7000-8000-000000000001', name: { en: 'Tea' }, images: [], published: true,
  skus: [{ id: A, name: { en: 'One' }, solo_price_fen: 10_000 }, { id: B, name: { en: 'Two' }, solo_price_fen: 1_999 }],
} as unknown as Product

let draft: FlashDraft
const fields = (available: Record<string, number> = {}): string[] => validateFlashSale(draft, NOW, available).map((issue) => `${issue.field} ${issue.key}`)

beforeEach(() => {
  draft = newDraft(NOW)
  draft.product = product
  draft.name = 'Tonight'
  makeRoom(draft)
  draft.variants[A] = { price: 6_600, units: 20 }
})

// feature: F22
describe('a slot', () => {
  it.each([
    [20, '', '2026-11-22T20:00:00', '2026-11-22T22:00:00'],
    [10, '', '2026-11-23T10:00:00', '2026-11-23T12:00:00'],
    [10, '2026-12-01', '2026-12-01T10:00:00', '2026-12-01T12:00:00'],
    [22, '2026-01-01', '2026-11-22T22:00:00', '2026-11-23T00:00:00'],
  ])('of %i o’clock on "%s" begins %s and lasts two hours', (hour, day, startsAt, endsAt) => {
    expect(slotAt(hour, day, NOW)).toEqual({ startsAt, endsAt })
  })

  it('is the next usual one where nobody chose', () => expect(newDraft(NOW).startsAt).toBe('2026-11-22T20:00:00'))
})

describe('a flash sale before it is sent', () => {
  it('is fine as the form proposes it, once product, price and units are there', () => expect(fields()).toEqual([]))

  it('says everything that is missing', () => {
    draft = { ...newDraft(NOW), perUserLimit: null, payWithin: 31, perDevice: 0 }
    expect(fields()).toEqual(['product product', 'name name', 'per_user_limit range', 'pay_within range', 'per_device range'])
  })

  it('needs a variant that takes part, and of that both price and units', () => {
    draft.variants = { [A]: { price: null, units: null }, [B]: { price: null, units: null } }
    expect(fields()).toEqual(['variants variants'])
    draft.variants[B] = { price: null, units: 3 }
    expect(fields()).toEqual([`variants.${B}.price price`])
  })

  it.each([[9_999, []], [10_000, ['price-alone']], [0, ['price']]])('a price of %i fen beside 10,000 alone: %j', (price, keys) => {
    draft.variants[A] = { price, units: 1 }
    expect(fields()).toEqual(keys.map((key) => `variants.${A}.price ${key}`))
  })

  it('takes no more than there is, as far as that is known', () => {
    expect(fields({ [A]: 20 })).toEqual([])
    expect(fields({ [A]: 19 })).toEqual([`variants.${A}.units units-free`])
  })

  it.each([
    ['2026-11-22T20:09:00', 'too-short'], ['2026-11-22T20:10:00', null], ['2026-11-23T20:00:00', null], ['2026-11-23T20:01:00', 'too-long'],
    ['2026-11-22T20:00:00', 'ends-order'], ['2026-11-22T18:00:00', 'ends-past'],
  ])('from 20:00 to %s: %s', (endsAt, key) => {
    draft.endsAt = endsAt
    expect(fields()).toEqual(key ? [`ends_at ${key}`] : [])
  })

  it('ends within 60 days', () => {
    Object.assign(draft, slotAt(20, '2027-01-21', NOW))
    expect(fields()).toEqual(['ends_at too-far'])
  })
})

describe('what is sent', () => {
  it('are the variants that take part, in fen, seconds and UTC', () => {
    expect(takingPart(draft).map(({ id }) => id)).toEqual([A])
    expect(flashSaleInput(draft)).toEqual({
      product_id: product.id, name: 'Tonight', starts_at: '2026-11-22T12:00:00Z', ends_at: '2026-11-22T14:00:00Z',
      variants: [{ sku_id: A, price_fen: 6_600, units: 20 }], per_user_limit: 1, pay_within_s: 600, per_device: 2,
    })
  })
})

describe('what the server refuses', () => {
  it.each([
    ['trade/bad-flash-times', { reason: 'too_far_away' }, 'ends_at', 'too-far'],
    ['trade/bad-flash-price', { sku_id: B, price_alone_fen: 1_999 }, `variants.${B}.price`, 'price-alone'],
    ['trade/allotment-too-large', { sku_id: A, available: 4 }, `variants.${A}.units`, 'units-free'],
  ])('%s is something to mend at its field', (code, members, field, key) => {
    expect(issueOf(new ApiProblem(422, { code, ...members }))).toMatchObject({ field, key })
  })

  it('for another reason keeps its own sentence', () => expect(issueOf(new ApiProblem(422, { code: 'trade/bad-flash-times', reason: 'new' }))).toBeNull())

  it.each([
    ['body.variants.0.price_fen', `variants.${B}.price`], ['/variants/0/units', `variants.${B}.units`], ['body.pay_within_s', 'pay_within'], ['ends_at', 'ends_at'],
  ])('%s belongs to %s', (path, field) => expect(fieldOfPath(path, [B])).toBe(field))
})
