import type { Narrowing } from '@/activities/useActivityList'
import { answerOf, http } from '@/api/client'
import type { Page } from '@/api/types'
import type { CampaignInput, CampaignRow } from './types'

export const listCampaigns = (narrowing: Narrowing, cursor?: string): Promise<Page<CampaignRow>> =>
  answerOf(http.GET('/api/v1/trade/console/campaigns', { params: { query: { ...narrowing, cursor } } }))

export const fetchCampaign = (id: string): Promise<CampaignRow> =>
  answerOf(http.GET('/api/v1/trade/console/campaigns/{campaign_id}', { params: { path: { campaign_id: id } } }))

export const createCampaign = (body: CampaignInput): Promise<unknown> =>
  answerOf(http.POST('/api/v1/trade/console/campaigns', { body }))

export const stopCampaign = (id: string): Promise<unknown> =>
  answerOf(http.POST('/api/v1/trade/console/campaigns/{campaign_id}/stop', { params: { path: { campaign_id: id } } }))
