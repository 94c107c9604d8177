import { answerOf, http } from '@/api/client'
import type { Page } from '@/api/types'
import type { RefundRow, RefundStatus, RefundSummary } from './types'

export const listRefunds = (status: RefundStatus[], cursor?: string, limit = 20): Promise<Page<RefundRow>> =>
  answerOf(http.GET('/api/v1/trade/console/refunds', { params: { query: { status, cursor, limit } } }))

/** How much waits, what is stuck, and since when. */
export const fetchRefundSummary = (): Promise<RefundSummary> => answerOf(http.GET('/api/v1/trade/console/refunds/summary'))

/** Asks the provider again about an abnormal refund; the answer is the refund as it stands then. */
export const retryRefund = (id: string): Promise<RefundRow> =>
  answerOf(http.POST('/api/v1/trade/console/refunds/{refund_id}/retry', { params: { path: { refund_id: id } } }))
