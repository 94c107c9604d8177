import { expect, it } from 'vitest'
import { oldestFirst, pageOfAll } from './pages'
import type { StuckWork } from './types'

const work = (module: string, id: number, since: string): StuckWork => ({ module, id, since }) as StuckWork
const first = work('trade', 1, '2026-01-03T00:00:00Z')
const second = work('trade', 2, '2026-01-04T00:00:00Z')
const only = work('payments', 1, '2026-01-01T00:00:00Z')

async function ask(module: string, cursor?: string) {
  if (module === 'messaging') throw new Error('away')
  if (module === 'payments') return { items: [only], next_cursor: null }
  return cursor ? { items: [second], next_cursor: null } : { items: [first], next_cursor: 'c' }
}

it('goes through all modules page by page, without one that is away', async () => {
  const page = await pageOfAll(['trade', 'messaging', 'payments'], ask)
  expect([oldestFirst(page.items), page.silent]).toEqual([[only, first], ['messaging']])
  const next = await pageOfAll(['trade', 'messaging', 'payments'], ask, page.next_cursor!)
  expect(next).toEqual({ items: [second], next_cursor: null, silent: [] })
})
