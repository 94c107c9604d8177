import { useQueryFilter, useQueryTab, useQueryText } from '@/lists/useAddress'
import { useList } from '@/lists/useList'
import type { Page } from '@/api/types'
import type { Activity } from './kinds'

export const TABS = ['all', 'running', 'scheduled', 'ended', 'stopped'] as const
/** What narrows a list, as the server is asked for it. */
export interface Narrowing {
  status?: Activity['status']
  q?: string
  product_id?: string
}

/** A list of activities: by state, by name or product, or of one product; all of it stands in the address. */
export function useActivityList<T extends Activity>(fetchPage: (narrowing: Narrowing, cursor?: string) => Promise<Page<T>>) {
  const { typed, asked } = useQueryText()
  const tab = useQueryTab(TABS, 'all')
  const product = useQueryFilter('product_id')
  const narrowing = (): Narrowing => ({ status: tab.value === 'all' ? undefined : tab.value, q: asked.value || undefined, product_id: product.value })
  const list = useList<T>((cursor) => fetchPage(narrowing(), cursor), { filters: [tab, asked, product] })
  return { list, typed, asked, tab }
}
export type ActivityListing<T extends Activity> = ReturnType<typeof useActivityList<T>>
