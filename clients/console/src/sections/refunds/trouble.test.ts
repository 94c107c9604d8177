import { describe, expect, it } from 'vitest'
import zhHant from './locales/zh-Hant.json'
import { TROUBLES, troubleOf } from './trouble'

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
