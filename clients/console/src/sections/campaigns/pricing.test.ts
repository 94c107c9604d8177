import { describe, expect, it } from 'vitest'
import { discountedFen, discountText, parseDiscount } from './pricing'

describe('discount → price', () => {
  it('prices the ladder of rule 6: 9折 and 8折 on ¥100.00', () => {
    expect(discountedFen(10_000, 9000)).toBe(9_000)
    expect(discountedFen(10_000, 8000)).toBe(8_000)
  })

  it.each([
    // fen, share kept, price: the exact half goes up, anything below goes down
    [5, 9000, 5], // 4.5
    [15, 7000, 11], // 10.5
    [1999, 8500, 1699], // 1699.15
    [333, 3333, 111], // 110.9889
    [1, 4999, 0], // 0.4999
    [1, 5000, 1], // 0.5
    [1990, 8850, 1761], // 1761.15; as a float 1990 × 0.885 is 1761.1500000000001
    [99_999_999, 9999, 99_989_999], // stays exact at the upper end
  ])('%i fen × %i/10000 = %i fen', (fen, kept, price) => {
    expect(discountedFen(fen, kept)).toBe(price)
  })

  it('agrees with exact arithmetic for every price of a wide range', () => {
    for (let fen = 1; fen < 3000; fen += 7) {
      for (const kept of [1, 3333, 5000, 8750, 9000, 9999]) {
        const exact = (BigInt(fen) * BigInt(kept) * 2n + 10_000n) / 20_000n
        expect(BigInt(discountedFen(fen, kept))).toBe(exact)
      }
    }
  })
})

describe('reading a discount', () => {
  it.each([
    ['9', 9000], ['8.5', 8500], ['85', 8500], ['8.88', 8880], ['0.5', 500], [' 7 ', 7000],
  ])('Chinese: %s折 keeps %i', (text, kept) => expect(parseDiscount(text, 'zh-Hant')).toBe(kept))

  it.each([['10', 9000], ['12.5', 8750], ['99', 100], ['0.01', 9999]])('English: %s %% off keeps %i', (text, kept) =>
    expect(parseDiscount(text, 'en')).toBe(kept))

  it.each(['', '0', '100', '-1', 'nine', '9,5', '8.555', '1e1'])('refuses %j', (text) => {
    expect(parseDiscount(text, 'zh-Hans')).toBeNull()
    expect(parseDiscount(text, 'en')).toBeNull()
  })

  it('writes back what it reads, in both ways of saying it', () => {
    for (const kept of [9000, 8500, 8880, 500]) {
      expect(parseDiscount(discountText(kept, 'zh-Hant'), 'zh-Hant')).toBe(kept)
      expect(parseDiscount(discountText(kept, 'en'), 'en')).toBe(kept)
    }
  })
})
