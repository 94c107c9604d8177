import type { AnswerOf, ItemOf } from '@/api/types'

export type Reconciliation = ItemOf<'/api/v1/payments/console/reconciliations'>
export type ReconciliationDay = AnswerOf<'/api/v1/payments/console/reconciliations/{bill_date}'>
export type Difference = ItemOf<'/api/v1/payments/console/reconciliations/{bill_date}/differences'>
