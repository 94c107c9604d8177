import type { AnswerOf, ItemOf } from '@/api/types'

export type LedgerTransaction = ItemOf<'/api/v1/payments/console/ledger'>
export type MoneySummary = AnswerOf<'/api/v1/payments/console/summary'>
