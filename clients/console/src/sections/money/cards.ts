import type { MoneySummary } from './types'

export type CardKey = 'held' | 'given' | 'way' | 'provider'

/** A figure that a merchant asks for: its catalogue key, the account it is read from, its balance in fen. */
export interface Card {
  key: CardKey
  account: string
  fen: number
}

const WANTED: [key: CardKey, account: string][] = [
  ['held', 'merchant_escrow'],
  ['given', 'merchant_promotions'],
  ['way', 'refunds_in_transit'],
  ['provider', 'provider_clearing'],
]

/** The accounts that matter to a merchant, in the order of the page; an account without a booking is zero. */
export function cardsOf(summary: MoneySummary): Card[] {
  return WANTED.map(([key, account]) => ({
    key, account, fen: summary.accounts.find((each) => each.code === account)?.balance_fen ?? 0,
  }))
}
