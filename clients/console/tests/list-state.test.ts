import { mount } from '@vue/test-utils'
import ElementPlus from 'element-plus'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiProblem, OFFLINE } from '@/api/problems'
import ListState from '@/components/ListState.vue'
import { i18n } from '@/i18n'

const AFTER_MS = 16_000
const again = vi.fn()
const away = () => new ApiProblem(503, { code: 'platform/unavailable' })
const shown = (problem: ApiProblem, items: unknown[] | null = null) =>
  mount(ListState, { props: { items, problem, empty: '', onRetry: again }, global: { plugins: [ElementPlus, i18n] } })
beforeEach(() => {
  again.mockClear()
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

describe('a list that could not be read', () => {
  it.each([away(), new ApiProblem(0, { code: OFFLINE }), new ApiProblem(502, {})])('is read again by itself when the server was away: %s', (problem) => {
    shown(problem)
    expect(again).not.toHaveBeenCalled()
    vi.advanceTimersByTime(AFTER_MS)
    expect(again).toHaveBeenCalledTimes(1)
  })

  it('and once more after each further failure, until the page is left', async () => {
    const list = shown(away())
    vi.advanceTimersByTime(AFTER_MS)
    await list.setProps({ problem: away() })
    vi.advanceTimersByTime(AFTER_MS)
    expect(again).toHaveBeenCalledTimes(2)
    await list.setProps({ problem: away() })
    list.unmount()
    vi.advanceTimersByTime(AFTER_MS)
    expect(again).toHaveBeenCalledTimes(2)
  })

  it.each([[new ApiProblem(403, {}), null], [new ApiProblem(500, {}), null], [away(), [1]]])('waits for a click when asking again would not help, and leaves a list that is there alone: %s %s', (problem, items) => {
    shown(problem, items)
    vi.advanceTimersByTime(AFTER_MS)
    expect(again).not.toHaveBeenCalled()
  })
})
