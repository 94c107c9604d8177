import { afterEach, describe, expect, it, vi } from 'vitest'
import { dayOfCell, toWallTime, wallDate } from '@/format/time'
import { noteServerTime, serverNow } from '@/live/serverClock'

afterEach(() => vi.restoreAllMocks())

describe('the clock', () => {
  it('is the server\'s, whatever somebody sets the device to', () => {
    noteServerTime('2026-11-22T10:00:00Z')
    vi.spyOn(Date, 'now').mockReturnValue(Date.parse('2031-01-01T00:00:00Z'))
    expect(Math.abs(serverNow() - Date.parse('2026-11-22T10:00:00Z'))).toBeLessThan(60_000)
    expect(toWallTime(serverNow()).slice(0, 10)).toBe('2026-11-22')
  })

  it('prefers what an answer says to the header of a proxy', () => {
    noteServerTime('2026-11-22T10:00:00Z')
    noteServerTime('Sun, 22 Nov 2026 12:00:00 GMT', 'header')
    noteServerTime('no time')
    expect(toWallTime(serverNow()).slice(0, 13)).toBe('2026-11-22T18')
  })

  it('gives the date picker the figures of the shop\'s wall clock', () => {
    const date = wallDate('2026-11-22T23:59:00')
    expect([date.getFullYear(), date.getMonth(), date.getDate(), date.getHours(), date.getMinutes()]).toEqual([2026, 10, 22, 23, 59])
    expect(dayOfCell(date)).toBe('2026-11-22')
  })
})
