import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import CtFailure from '@/components/ct-failure.vue'
import { ApiProblem } from '@/core/http'

const AFTER_MS = 16_000
const again = vi.fn()
const failed = (error: unknown) => mount(CtFailure, { props: { error, onRetry: again } })
const away = () => new ApiProblem('platform/unavailable', 503)
beforeEach(() => { again.mockClear(); vi.useFakeTimers() })
afterEach(() => vi.useRealTimers())

describe('A page that could not be loaded', () => {
  it.each([away(), new ApiProblem('client/offline', 0), new ApiProblem('client/server', 502)])('asks again by itself when the server was away: %s', (error) => {
    failed(error)
    expect(again).not.toHaveBeenCalled()
    vi.advanceTimersByTime(AFTER_MS)
    expect(again).toHaveBeenCalledTimes(1)
  })
  it('and again after the next failure, until it is gone', async () => {
    const page = failed(away())
    vi.advanceTimersByTime(AFTER_MS)
    await page.setProps({ error: away() })
    vi.advanceTimersByTime(AFTER_MS)
    expect(again).toHaveBeenCalledTimes(2)
    await page.setProps({ error: away() })
    page.unmount()
    vi.advanceTimersByTime(AFTER_MS)
    expect(again).toHaveBeenCalledTimes(2)
  })
  it.each([new ApiProblem('catalog/product-not-found', 404), new ApiProblem('platform/unknown', 500), new Error('ours')])('waits for a tap when asking again would not help: %s', (error) => {
    failed(error)
    vi.advanceTimersByTime(AFTER_MS)
    expect(again).not.toHaveBeenCalled()
  })
})
