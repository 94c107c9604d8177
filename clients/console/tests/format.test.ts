import { describe, expect, it } from 'vitest'
import { cut } from '@/format/cut'
import { formatFen } from '@/format/money'
import { formatPhone } from '@/format/phone'
import { clockFace, formatMoment, fromWallTime, spanOf, toWallTime } from '@/format/time'
import { localeOfDevice } from '@/i18n/locale'
import { pickText } from '@/i18n/useWords'

describe('money', () => {
  it.each([[0, '¥0.00'], [5, '¥0.05'], [123_456, '¥1,234.56'], [100_000_000, '¥1,000,000.00'], [-1050, '-¥10.50']])(
    '%i fen reads %s', (fen, text) => expect(formatFen(fen)).toBe(text))
})

describe('long texts', () => {
  it.each([['柚子🍊甜', 3, '柚子🍊'], ['柚子🍊甜', 2, '柚子'], ['🍊🍊', 1, '🍊'], ['柚', 9, '柚'], ['', 3, '']])(
    '%s cut to %i characters is %s', (text, most, kept) => expect(cut(text, most)).toBe(kept))
})

describe('phones', () => {
  it.each([['+8613800138000', '138 0013 8000'], ['13800138000', '138 0013 8000'], ['+85291234567', '+85291234567']])(
    '%s reads %s', (phone, text) => expect(formatPhone(phone)).toBe(text))
})

describe('time', () => {
  it('shows China time whatever the device, and turns it back', () => {
    expect(formatMoment('2026-11-22T16:30:00Z')).toBe('2026-11-23 00:30')
    expect(toWallTime('2026-11-22T10:00:05Z')).toBe('2026-11-22T18:00:05')
    expect(fromWallTime('2026-11-23T00:30:00')).toBe('2026-11-22T16:30:00Z')
  })

  it('gives ages in one or two units', () => {
    expect(spanOf(45)).toEqual([[45, 'second']])
    expect(spanOf(3599)).toEqual([[59, 'minute']])
    expect(spanOf(7260)).toEqual([[2, 'hour'], [1, 'minute']])
    expect(spanOf(604_800)).toEqual([[7, 'day']])
  })

  it('gives countdowns as a clock face', () => expect(clockFace(93_784)).toBe('26:03:04'))
})

describe('language', () => {
  it.each([
    [['zh-TW'], 'zh-Hant'], [['zh-HK'], 'zh-Hant'], [['zh-Hant-CN'], 'zh-Hant'], [['zh-CN'], 'zh-Hans'], [['zh'], 'zh-Hans'],
    [['zh-Hans-HK'], 'zh-Hans'], [['en-GB'], 'en'], [['fr', 'en'], 'en'], [['fr'], 'zh-Hant'], [[], 'zh-Hant'],
  ])('a device that asks for %j gets %s', (languages, locale) => expect(localeOfDevice(languages)).toBe(locale))

  it('falls back zh-Hant, zh-Hans, en', () => {
    expect(pickText({ 'zh-Hans': 'b', en: 'c' }, 'zh-Hant')).toBe('b')
    expect(pickText({ en: 'c' }, 'zh-Hant')).toBe('c')
    expect(pickText({ 'zh-Hant': 'a', en: 'c' }, 'en')).toBe('c')
  })
})
