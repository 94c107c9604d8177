import { beforeEach, describe, expect, it, vi } from 'vitest'
import { holdBack, watchBack, whenFree } from '@/core/back'

// A history as a browser keeps it: going back tells the page a moment later.
const entries: unknown[] = [{ position: 0 }]
let at = 0
vi.stubGlobal('history', {
  get state() { return entries[at] },
  get length() { return entries.length },
  pushState: (state: unknown) => { entries.splice(++at, entries.length, state) },
  go: (by: number) => { setTimeout(() => back(-by)) },
})
function back(n = 1): void {
  at -= n
  window.dispatchEvent(new PopStateEvent('popstate', { state: entries[at] }))
}
const later = () => new Promise((resolve) => setTimeout(resolve, 5))
const router = vi.fn()
watchBack()
window.addEventListener('popstate', router)
beforeEach(() => router.mockClear())

describe('what lies over the page', () => {
  it('is closed by "back", and the page stays', () => {
    const close = vi.fn()
    holdBack(close)
    back()
    expect(close).toHaveBeenCalledTimes(1)
    expect(router).not.toHaveBeenCalled()
    expect(at).toBe(0)
  })
  it('leaves no entry behind when it is closed otherwise, and "back" is the page\'s again', async () => {
    const close = vi.fn()
    const release = holdBack(close)
    expect(at).toBe(1)
    release()
    await later()
    expect(at).toBe(0)
    expect(close).not.toHaveBeenCalled()
    expect(router).not.toHaveBeenCalled()
    entries.push({ position: 1 })
    at = 1
    back()
    expect(router).toHaveBeenCalledTimes(1)
  })
  it('closes one after the other', () => {
    const [sheet, dialog] = [vi.fn(), vi.fn()]
    holdBack(sheet)
    holdBack(dialog)
    back()
    expect([sheet.mock.calls.length, dialog.mock.calls.length]).toEqual([0, 1])
    back()
    expect(sheet).toHaveBeenCalledTimes(1)
    expect(at).toBe(0)
  })
  it('is gone from the history before another page opens', async () => {
    const close = vi.fn()
    const release = holdBack(close)
    const go = vi.fn(() => expect(at).toBe(0))
    whenFree(go)
    release()
    expect(go).not.toHaveBeenCalled()
    await later()
    expect(go).toHaveBeenCalledTimes(1)
    expect(close).not.toHaveBeenCalled()
  })
})
