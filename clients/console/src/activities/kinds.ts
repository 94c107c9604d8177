/** The kinds of activities: how their pages are called, and what begins the hooks of their tests. */
export const KINDS = {
  group: { one: 'campaign', list: 'campaigns', fresh: 'campaign-new', test: 'campaign' },
  flash: { one: 'flash-sale', list: 'flash-sales', fresh: 'flash-sale-new', test: 'flash' },
} as const
export type Kind = keyof typeof KINDS

/** What every activity is shown by. */
export interface Activity {
  id: string
  name: string
  product_id: string
  product_name: Record<string, string>
  product_image_url: string
  merchant_name: Record<string, string>
  status: 'scheduled' | 'running' | 'ended' | 'stopped'
  starts_at: string
  ends_at: string
}
