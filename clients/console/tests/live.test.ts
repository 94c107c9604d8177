import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, nextTick, ref } from 'vue'
import { ApiProblem } from '@/api/problems'
import type { Page } from '@/api/types'
import { useLiveList } from '@/lists/useLiveList'

const fetchPage = vi.fn<(cursor: string | undefined) => Promise<Page<string>>>()
const filter = ref('a')
let list: ReturnType<typeof useLiveList<string>>

const Host = defineComponent({
  setup() {
    list = useLiveList<string>(fetchPage, { filters: [filter] })
    return () => null
  },
})

const page = (items: string[], next_cursor: string | null = null): Page<string> => ({ items, next_cursor })
const settle = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
const hide = (hidden: boolean): void => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden })
  document.dispatchEvent(new Event('visibilitychange'))
}

let host: ReturnType<typeof mount>
beforeEach(async () => {
  vi.useFakeTimers()
  fetchPage.mockReset().mockResolvedValue(page(['one']))
  hide(false)
  host = mount(Host)
  await settle()
})
afterEach(() => {
  host.unmount()
  vi.useRealTimers()
})

describe('a live list', () => {
  it('asks again by itself and shows what changed', async () => {
    expect(list.items.value).toEqual(['one'])
    fetchPage.mockResolvedValue(page(['one', 'two']))
    await settle(4_999)
    expect(list.items.value).toEqual(['one'])
    await settle(1)
    expect(list.items.value).toEqual(['one', 'two'])
  })

  it('rests while the page is hidden, and asks at once when it is seen again', async () => {
    hide(true)
    await settle(60_000)
    expect(fetchPage).toHaveBeenCalledTimes(1)
    hide(false)
    await settle()
    expect(fetchPage).toHaveBeenCalledTimes(2)
  })

  it('keeps what it had when the server fails, says so, and asks less often', async () => {
    fetchPage.mockRejectedValue(new ApiProblem(503, { code: 'platform/overloaded' }))
    await settle(5_000)
    expect(list.items.value).toEqual(['one'])
    expect(list.problem.value?.code).toBe('platform/overloaded')
    const asked = fetchPage.mock.calls.length
    await settle(9_999)
    expect(fetchPage).toHaveBeenCalledTimes(asked)
    await settle(1)
    expect(fetchPage).toHaveBeenCalledTimes(asked + 1)
  })

  it('refreshes every page that was loaded', async () => {
    fetchPage.mockImplementation(async (cursor) => (cursor ? page(['three']) : page(['one', 'two'], 'next')))
    await settle(5_000)
    expect(list.hasMore.value).toBe(true)
    await list.loadMore()
    await settle(5_000)
    expect(list.items.value).toEqual(['one', 'two', 'three'])
    expect(list.hasMore.value).toBe(false)
  })

  it('forgets an answer that comes after the filter has changed', async () => {
    let late: (value: Page<string>) => void = () => undefined
    fetchPage.mockImplementationOnce(() => new Promise((resolve) => (late = resolve)))
    void list.refresh()
    fetchPage.mockResolvedValue(page(['of b']))
    filter.value = 'b'
    await nextTick()
    await settle()
    late(page(['of a']))
    await settle()
    expect(list.items.value).toEqual(['of b'])
  })

  it('stops when it is no longer shown', async () => {
    host.unmount()
    const asked = fetchPage.mock.calls.length
    await settle(60_000)
    expect(fetchPage).toHaveBeenCalledTimes(asked)
  })

  it('asks for one more page alone, and shows nothing twice', async () => {
    fetchPage.mockResolvedValue(page(['one', 'two'], 'after-two'))
    await settle(5_000)
    fetchPage.mockClear()
    fetchPage.mockResolvedValue(page(['two', 'three'], null))
    await list.loadMore()
    expect(fetchPage.mock.calls).toEqual([['after-two']])
    expect(list.items.value).toEqual(['one', 'two', 'three'])
    expect(list.hasMore.value).toBe(false)
  })

  it('asks once for a page that is asked for twice', async () => {
    fetchPage.mockResolvedValue(page(['one'], 'next'))
    await settle(5_000)
    fetchPage.mockClear()
    fetchPage.mockResolvedValue(page(['two'], 'more'))
    await Promise.all([list.loadMore(), list.loadMore()])
    expect(fetchPage).toHaveBeenCalledTimes(1)
  })
})
