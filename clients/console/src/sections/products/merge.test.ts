import { describe, expect, it } from 'vitest'
import { compare, merge } from '@/forms/merge'
import { draftOf, newSku } from './draft'
import { draftOfFields, fieldsOf } from './fields'
import type { Product } from './types'

describe('two edits of one document', () => {
  const base = { a: 1, b: 1, c: 1, d: 1, gone: 1 }
  const mine = { a: 2, b: 1, c: 2, d: 2, gone: 1, new: 1 }
  const theirs = { a: 1, b: 3, c: 3, d: 2 }

  it('are told apart: mine, theirs, both in their own way, both the same', () =>
    expect(compare(base, mine, theirs)).toEqual({ taken: ['b', 'gone'], clashes: ['c'] }))

  it('come together, and where they clash somebody chooses', () => {
    expect(merge(base, mine, theirs, {})).toEqual({ a: 2, b: 3, c: 2, d: 2, new: 1 })
    expect(merge(base, mine, theirs, { c: 'theirs' })).toEqual({ a: 2, b: 3, c: 3, d: 2, new: 1 })
  })

  it('lose nothing when nobody else did anything', () => expect(merge(base, mine, base, {})).toEqual(mine))
})

describe('two edits of one product', () => {
  const sku = (id: string, solo_price_fen: number) => ({ id, name: { en: id }, solo_price_fen })
  const product: Product = {
    id: 'p', merchant_id: 'm', merchant_name: { en: 'Shop' }, name: { en: 'Tea' }, summary: { en: 'S' }, description: { en: 'D' }, category_slug: 'tea',
    images: ['/media/1.webp'], list_price_fen: null, skus: [sku('A', 100), sku('B', 200)], published: true, demo: false, version: 1,
  }
  const base = draftOf(product)

  it('are compared by language and by variant', () => {
    const mine = draftOf(product)
    mine.name = { en: 'Tea', 'zh-Hant': '茶' }
    mine.skus[0]!.soloPriceFen = 120
    mine.skus.push({ ...newSku(), name: { en: 'mine' }, soloPriceFen: 5 })
    const theirs = draftOf({ ...product, name: { en: 'Green tea' }, images: ['/media/2.webp'], skus: [sku('C', 300), sku('A', 130)] })
    const found = compare(fieldsOf(base), fieldsOf(mine), fieldsOf(theirs))
    expect(found.clashes).toEqual(['sku/A/price'])
    expect(found.taken.sort()).toEqual(['images', 'name/en', 'sku/B', 'sku/C'])

    const both = draftOfFields(merge(fieldsOf(base), fieldsOf(mine), fieldsOf(theirs), { 'sku/A/price': 'theirs' }), mine, theirs)
    expect(both.name).toEqual({ en: 'Green tea', 'zh-Hant': '茶' })
    expect(both.images).toEqual(['/media/2.webp'])
    expect(both.skus.map((each) => [each.id, each.name, each.soloPriceFen])).toEqual([['C', { en: 'C' }, 300], ['A', { en: 'A' }, 130], [null, { en: 'mine' }, 5]])
  })

  it('keep a variant that others removed and I changed, if that is what I choose', () => {
    const mine = draftOf(product)
    mine.skus[1]!.soloPriceFen = 250
    const theirs = draftOf({ ...product, skus: [sku('A', 100)] })
    const [before, now, there] = [fieldsOf(base), fieldsOf(mine), fieldsOf(theirs)]
    expect(compare(before, now, there)).toEqual({ taken: [], clashes: ['sku/B'] })
    const priceOf = (side: 'mine' | 'theirs') => draftOfFields(merge(before, now, there, { 'sku/B': side }), mine, theirs).skus.find((each) => each.id === 'B')?.soloPriceFen
    expect([priceOf('mine'), priceOf('theirs')]).toEqual([250, undefined])
  })

  it('ask about a variant that I removed and others changed', () => {
    const mine = draftOf({ ...product, skus: [sku('A', 100)] })
    const theirs = draftOf({ ...product, skus: [sku('A', 100), sku('B', 250)] })
    const [before, now, there] = [fieldsOf(base), fieldsOf(mine), fieldsOf(theirs)]
    expect(compare(before, now, there)).toEqual({ taken: [], clashes: ['sku/B'] })
    const priceOf = (side: 'mine' | 'theirs') => draftOfFields(merge(before, now, there, { 'sku/B': side }), mine, theirs).skus.find((each) => each.id === 'B')?.soloPriceFen
    expect([priceOf('mine'), priceOf('theirs')]).toEqual([undefined, 250])
  })
})
