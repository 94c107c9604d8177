import type { Offer } from './contract'
import { yuan } from './format'
import { t } from './i18n'

/** What opening a group brings, in words; a sum only where it is the same whatever is chosen and however it ends. */
export function perkText(offer: Offer): string {
  const percent = offer.campaign?.initiator_off_percent ?? null
  if (percent === null) return ''
  if (percent === 100) return t('product.perkFree')
  const sums = new Set(offer.skus.flatMap((s) => s.tier_prices_fen.map((fen) => shareOf(fen, percent))))
  const [sum] = sums
  return sums.size === 1 && sum !== undefined ? t('product.perkSum', { amount: yuan(sum) }) : t('product.perkShare', { n: percent })
}

/** `percent` of an amount in fen, rounded half up, as the server does it. */
export const shareOf = (fen: number, percent: number): number => Math.floor((fen * percent + 50) / 100)
