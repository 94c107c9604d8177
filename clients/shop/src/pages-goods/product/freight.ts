import type { FreightTo, OfferFreight } from '@/core/contract'
import { yuan } from '@/core/format'
import { t } from '@/core/i18n'

// What the merchant asks for delivery, in plain words. Amounts are the server's; which of them concern this shopper is
// decided by the province of their address, where there is one.

const placeNames = (codes: readonly string[]): string => codes.map((code) => t(`province.${code}`)).join(t('product.freight.join'))
const isFree = (zone: FreightTo): boolean => zone.most_fen === 0 && !zone.rises
/** One piece costs this, and more where there are more of them or heavier variants. */
const isLeast = (zone: FreightTo): boolean => zone.rises || zone.most_fen > zone.least_fen

/** From when on it is free; empty where it never is, or always. */
function thresholds({ free_from_fen: fen, free_from_pieces: n }: FreightTo): string {
  if (fen && n) return t('product.freight.freeEither', { amount: yuan(fen), n })
  if (fen) return t('product.freight.freeFen', { amount: yuan(fen) })
  return n ? t('product.freight.freePieces', { n }) : ''
}
function cost(zone: FreightTo): string {
  if (isFree(zone)) return t('product.freight.free')
  if (zone.most_fen === 0) return t('product.freight.oneFree')
  if (zone.least_fen === 0) return t('product.freight.onePiece', { most: yuan(zone.most_fen) })
  return t(isLeast(zone) ? 'product.freight.from' : 'product.freight.is', { amount: yuan(zone.least_fen) })
}

export const zoneWords = (zone: FreightTo): string => [cost(zone), thresholds(zone)].filter(Boolean).join(' · ')
export const zonePlaces = (zone: FreightTo): string => (zone.regions.length ? placeNames(zone.regions) : t('product.freight.elsewhere'))
export const undeliveredWords = (freight: OfferFreight): string =>
  freight.undelivered.length ? t('product.freight.undelivered', { names: placeNames(freight.undelivered) }) : ''

/** Whether the same is asked everywhere: then no address changes it. */
export const isEverywhereAlike = (freight: OfferFreight): boolean => freight.zones.length === 1 && !freight.undelivered.length

export type FreightWords = { cost: string; more: string; refused: boolean }

/** The line of a product's page: for a province, or for everybody. */
export function freightWords(freight: OfferFreight, province?: string): FreightWords {
  const place = province ? t(`province.${province}`) : ''
  if (province && freight.undelivered.includes(province)) return { cost: t('product.freight.notTo', { place }), more: '', refused: true }
  const zones = freight.zones
  const zone = zones.length === 1 ? zones[0]! : province && (zones.find((each) => each.regions.includes(province)) ?? zones.find((each) => !each.regions.length))
  if (zone) return { cost: cost(zone), more: [thresholds(zone), place && t('product.freight.to', { place })].filter(Boolean).join(' · '), refused: false }
  if (zones.every(isFree)) return { cost: t('product.freight.free'), more: '', refused: false }
  const least = Math.min(...zones.map((each) => each.least_fen))
  const from = least === 0 ? t('product.freight.fromFree') : t('product.freight.from', { amount: yuan(least) })
  return { cost: from + t('product.freight.byRegion'), more: '', refused: false }
}
