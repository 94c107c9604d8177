import type { AnswerOf, ItemOf } from '@/api/types'

export type RefundRow = ItemOf<'/api/v1/trade/console/refunds'>
export type RefundStatus = RefundRow['status']
export type RefundSummary = AnswerOf<'/api/v1/trade/console/refunds/summary'>
