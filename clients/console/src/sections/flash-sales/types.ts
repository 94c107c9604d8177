import type { AnswerOf, ItemOf, Schemas } from '@/api/types'

export type FlashSaleRow = ItemOf<'/api/v1/trade/console/flash-sales'>
export type FlashSale = AnswerOf<'/api/v1/trade/console/flash-sales/{sale_id}'>
export type FlashVariant = FlashSale['variants'][number]
export type FlashSaleInput = Schemas['FlashSaleInput']
export type AllotmentInput = Schemas['AllotmentInput']
