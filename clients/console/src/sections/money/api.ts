import { answerOf, http } from '@/api/client'
import type { Page } from '@/api/types'
import { ORDER_PURPOSE } from '@/components/purposes'
import type { LedgerTransaction, MoneySummary } from './types'

/** Newest first, of one order or all; a merchant sees its own transactions, platform staff all of them. */
export function listLedger(orderId: string | undefined, cursor?: string): Promise<Page<LedgerTransaction>> {
  const query = { purpose: orderId && ORDER_PURPOSE, subject_id: orderId, cursor }
  return answerOf(http.GET('/api/v1/payments/console/ledger', { params: { query } }))
}

export const fetchMoney = (): Promise<MoneySummary> => answerOf(http.GET('/api/v1/payments/console/summary'))
