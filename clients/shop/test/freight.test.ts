// feature: X13
import { beforeEach, describe, expect, it } from 'vitest'
import { applyLanguage } from '@/core/i18n'
import { freightWords, isEverywhereAlike, undeliveredWords, zonePlaces, zonesInOrder, zoneWords } from '@/core/freight'

const zone = (change = {}) => ({ regions: [] as string[], least_fen: 1500, most_fen: 1500, rises: true, free_from_fen: null as number | null, free_from_pieces: null as number | null, ...change })
const near = zone({ regions: ['440000', '450000'], least_fen: 600, most_fen: 600, rises: false, free_from_fen: 9900, free_from_pieces: 3 })
const free = zone({ least_fen: 0, most_fen: 0, rises: false })
const regional = { zones: [zone(), near], undelivered: ['650000'] }

describe('what a product page says of its delivery', () => {
  beforeEach(() => applyLanguage('en'))
  it.each([
    ['free', { zones: [free], undelivered: [] }, undefined, 'Free', ''],
    ['the same everywhere', { zones: [zone({ rises: false })], undelivered: [] }, undefined, '¥15.00', ''],
    ['more for more', { zones: [zone({ free_from_pieces: 2 })], undelivered: [] }, undefined, 'from ¥15.00', 'free from 2 pieces'],
    ['more for what is heavier', { zones: [zone({ rises: false, most_fen: 1800 })], undelivered: [] }, undefined, 'from ¥15.00', ''],
    ['in general', regional, undefined, 'from ¥6.00, depending on the region', ''],
    ['near', regional, '440000', '¥6.00', 'free from ¥99.00 or 3 pieces · to Guangdong'],
    ['everywhere else', regional, '110000', 'from ¥15.00', 'to Beijing'],
    ['one piece free, more not', { zones: [zone({ least_fen: 0, most_fen: 0 })], undelivered: [] }, undefined, 'free for one piece, more cost more', ''],
    ['only some variants reach the threshold alone', { zones: [zone({ least_fen: 0, free_from_fen: 9900 })], undelivered: [] }, undefined, '¥0–15.00 for one piece, depending on the option', 'free from ¥99.00'],
    ['free somewhere', { zones: [zone(), { ...free, regions: ['440000'] }], undelivered: [] }, undefined, 'from ¥0, depending on the region', ''],
    ['free wherever it goes', { zones: [free, { ...free, regions: ['440000'] }], undelivered: ['650000'] }, undefined, 'Free', ''],
  ])('%s', (_, freight, province, cost, more) => {
    expect(freightWords(freight, province)).toMatchObject({ cost, more, refused: false })
  })
  it('says where nothing is sent', () => {
    expect(freightWords(regional, '650000').refused).toBe(true)
    expect(undeliveredWords(regional)).toContain('Xinjiang')
    expect([isEverywhereAlike(regional), isEverywhereAlike({ zones: [free], undelivered: [] })]).toEqual([false, true])
  })
  it('knows whether one piece is charged there', () => {
    const near = { zones: [zone(), { ...free, regions: ['440000'] }], undelivered: ['650000'] }
    expect(['440000', '110000', '650000', undefined].map((province) => freightWords(near, province).charged)).toEqual([false, true, false, true])
  })
  it('lists every zone', () => {
    expect(zonesInOrder(regional).map((each) => `${zonePlaces(each, regional)}: ${zoneWords(each)}`)).toEqual(['Guangdong, Guangxi: ¥6.00 · free from ¥99.00 or 3 pieces', 'Everywhere else: from ¥15.00'])
    expect(zonePlaces(free, { zones: [free], undelivered: ['650000'] })).toBe('All regions')
  })
})
