import type { ItemOf, Product, Schemas } from '@/api/types'

export type CampaignRow = ItemOf<'/api/v1/trade/console/campaigns'>
export type CampaignInput = Schemas['CampaignInput']
export type CampaignKind = CampaignRow['kind']
export type ProductSku = Product['skus'][number]
