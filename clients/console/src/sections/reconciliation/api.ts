import { answerOf, http } from '@/api/client'
import type { Page } from '@/api/types'
import type { Difference, Reconciliation, ReconciliationDay } from './types'

export const listReconciliations = (cursor?: string): Promise<Page<Reconciliation>> =>
  answerOf(http.GET('/api/v1/payments/console/reconciliations', { params: { query: { cursor } } }))

const ofDay = (day: string) => ({ params: { path: { bill_date: day } } })

/** `day` is a date in China, "2026-11-22". */
export const fetchReconciliation = (day: string): Promise<ReconciliationDay> =>
  answerOf(http.GET('/api/v1/payments/console/reconciliations/{bill_date}', ofDay(day)))

export const listDifferences = (day: string, cursor?: string): Promise<Page<Difference>> =>
  answerOf(http.GET('/api/v1/payments/console/reconciliations/{bill_date}/differences', { params: { path: { bill_date: day }, query: { cursor } } }))

export const reconcileAgain = (day: string): Promise<unknown> =>
  answerOf(http.POST('/api/v1/payments/console/reconciliations/{bill_date}', ofDay(day)))

export const explainDifference = (id: string, note: string): Promise<Difference> =>
  answerOf(
    http.POST('/api/v1/payments/console/differences/{difference_id}/explain', {
      params: { path: { difference_id: id } },
      body: { note },
    }),
  )
