import { answerOf, http } from '@/api/client'
import type { Page } from '@/api/types'
import type { LedgerTransaction, MoneySummary } from './types'

/** Newest first; a merchant sees its own transactions, platform staff all of them. */
export const listLedger = (orderId: string | undefined, cursor?: string): Promise<Page<LedgerTransaction>> =>
  answerOf(http.GET('/api/v1/payments/console/ledger', { params: { query: { order_id: orderId, cursor } } }))

export const fetchMoney = (): Promise<MoneySummary> => answerOf(http.GET('/api/v1/payments/console/summary'))
