import { describe, expect, it } from 'vitest'
import { learnDate, learnNow, serverNow } from '@/core/clock'
import { clockOf, moment, phoneText, yuan } from '@/core/format'
import { matchLanguage } from '@/core/language'

describe('money', () => {
  it('shows fen as yuan with two decimals, without floating point', () => {
    expect([0, 1, 10, 2990, 123456789].map(yuan)).toEqual(['0.00', '0.01', '0.10', '29.90', '1234567.89'])
    expect(yuan(-250)).toBe('-2.50')
  })
})

describe('time', () => {
  it('shows UTC as the wall clock of Shanghai', () => {
    expect(moment('2026-01-31T16:05:09Z')).toBe('2026-02-01 00:05')
    expect(moment(null)).toBe('')
  })
  it('counts down in days and hh:mm:ss, never below zero', () => {
    expect(clockOf(3661e3)).toEqual({ days: 0, hms: '01:01:01' })
    expect(clockOf(2 * 86400e3 + 1)).toEqual({ days: 2, hms: '00:00:01' })
    expect(clockOf(-5)).toEqual({ days: 0, hms: '00:00:00' })
  })
})

describe('phone numbers', () => {
  it('are grouped as people say them; those from elsewhere keep their country', () => {
    expect(['+8613800138000', '13800138000', '+886912345678'].map(phoneText)).toEqual(['138 0013 8000', '138 0013 8000', '+886912345678'])
  })
})

describe('device language', () => {
  it('maps locales to ours, traditional Chinese where unknown', () => {
    expect(['zh-TW', 'zh_HK', 'zh-CN', 'zh_CN', 'zh', 'zh-Hans-SG', 'zh-Hant-CN', 'en-GB', 'fr'].map(matchLanguage))
      .toEqual(['zh-Hant', 'zh-Hant', 'zh-Hans', 'zh-Hans', 'zh-Hans', 'zh-Hans', 'zh-Hant', 'en', 'zh-Hant'])
  })
})

describe('the clock', () => {
  it('is the server\'s: by the Date header until an answer says it exactly', () => {
    learnDate('Sat, 31 Jan 2026 00:00:00 GMT')
    expect(Math.abs(serverNow() - Date.parse('2026-01-31T00:00:00Z'))).toBeLessThan(2000)
    learnNow('2026-02-01T00:00:00Z')
    learnDate('Sat, 31 Jan 2026 00:00:00 GMT')
    expect(Math.abs(serverNow() - Date.parse('2026-02-01T00:00:00Z'))).toBeLessThan(2000)
  })
})
