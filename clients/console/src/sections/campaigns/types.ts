import type { AnswerOf, ItemOf, Schemas } from '@/api/types'

export type CampaignRow = ItemOf<'/api/v1/trade/console/campaigns'>
export type CampaignInput = Schemas['CampaignInput']
export type CampaignKind = CampaignRow['kind']
/** What a campaign is made for. */
export type Product = AnswerOf<'/api/v1/catalog/console/products/{product_id}'>
export type ProductRow = ItemOf<'/api/v1/catalog/console/products'>
export type ProductSku = Product['skus'][number]
