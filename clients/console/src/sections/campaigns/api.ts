import { answerOf, http } from '@/api/client'
import type { Page } from '@/api/types'
import type { CampaignInput, CampaignRow, Product, ProductRow } from './types'

export const listCampaigns = (cursor?: string): Promise<Page<CampaignRow>> =>
  answerOf(http.GET('/api/v1/trade/console/campaigns', { params: { query: { cursor } } }))

export const fetchCampaign = (id: string): Promise<CampaignRow> =>
  answerOf(http.GET('/api/v1/trade/console/campaigns/{campaign_id}', { params: { path: { campaign_id: id } } }))

export const createCampaign = (body: CampaignInput): Promise<unknown> =>
  answerOf(http.POST('/api/v1/trade/console/campaigns', { body }))

export const stopCampaign = (id: string): Promise<unknown> =>
  answerOf(http.POST('/api/v1/trade/console/campaigns/{campaign_id}/stop', { params: { path: { campaign_id: id } } }))

/** Products that a campaign may be made for. */
export const listProducts = (q: string): Promise<Page<ProductRow>> =>
  answerOf(http.GET('/api/v1/catalog/console/products', { params: { query: { q: q || undefined } } }))

export const fetchProduct = (id: string): Promise<Product> =>
  answerOf(http.GET('/api/v1/catalog/console/products/{product_id}', { params: { path: { product_id: id } } }))
