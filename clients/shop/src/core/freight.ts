import type { FreightTo, OfferFreight } from './contract'
import { yuan } from './format'
import { t } from './i18n'

// What the merchant asks for delivery, in plain words. Amounts are the server's; which of them concern this shopper is
// decided by the province of their address, where there is one.

const placeNames = (codes: readonly string[]): string => codes.map((code) => t(`province.${code}`)).join(t('freight.join'))
const isFree = (zone: FreightTo): boolean => zone.most_fen === 0 && !zone.rises
/** One piece costs this, and more where there are more of them or heavier variants. */
const isLeast = (zone: FreightTo): boolean => zone.rises || zone.most_fen > zone.least_fen

/** From when on it is free; empty where it never is, or always. */
function thresholds({ free_from_fen: fen, free_from_pieces: n }: FreightTo): string {
  if (fen && n) return t('freight.freeEither', { amount: yuan(fen), n })
  if (fen) return t('freight.freeFen', { amount: yuan(fen) })
  return n ? t('freight.freePieces', { n }) : ''
}
function cost(zone: FreightTo): string {
  if (isFree(zone)) return t('freight.free')
  if (zone.most_fen === 0) return t('freight.oneFree')
  if (zone.least_fen === 0) return t('freight.onePiece', { most: yuan(zone.most_fen) })
  return t(isLeast(zone) ? 'freight.from' : 'freight.is', { amount: yuan(zone.least_fen) })
}

export const zoneWords = (zone: FreightTo): string => [cost(zone), thresholds(zone)].filter(Boolean).join(' · ')
/** "Everywhere else" comes after what it is else of; alone it is everywhere. */
export const zonesInOrder = ({ zones }: OfferFreight): FreightTo[] => [...zones.filter((zone) => zone.regions.length), ...zones.filter((zone) => !zone.regions.length)]
export const zonePlaces = (zone: FreightTo, { zones }: OfferFreight): string =>
  zone.regions.length ? placeNames(zone.regions) : t(zones.length > 1 ? 'freight.elsewhere' : 'freight.everywhere')
export const undeliveredWords = (freight: OfferFreight): string =>
  freight.undelivered.length ? t('freight.undelivered', { names: placeNames(freight.undelivered) }) : ''

/** Whether the same is asked everywhere: then no address changes it. */
export const isEverywhereAlike = (freight: OfferFreight): boolean => freight.zones.length === 1 && !freight.undelivered.length

/** `charged`: one piece can cost something there. */
export type FreightWords = { cost: string; more: string; refused: boolean; charged: boolean }

/** The line of a product's or a group's page: for a province, or for everybody. */
export function freightWords(freight: OfferFreight, province?: string): FreightWords {
  const place = province ? t(`province.${province}`) : ''
  if (province && freight.undelivered.includes(province)) return { cost: t('freight.notTo', { place }), more: '', refused: true, charged: false }
  const zones = freight.zones
  const zone = zones.length === 1 ? zones[0]! : province && (zones.find((each) => each.regions.includes(province)) ?? zones.find((each) => !each.regions.length))
  if (zone) return { cost: cost(zone), more: [thresholds(zone), place && t('freight.to', { place })].filter(Boolean).join(' · '), refused: false, charged: zone.most_fen > 0 }
  if (zones.every(isFree)) return { cost: t('freight.free'), more: '', refused: false, charged: false }
  const least = Math.min(...zones.map((each) => each.least_fen))
  const from = least === 0 ? t('freight.fromFree') : t('freight.from', { amount: yuan(least) })
  return { cost: from + t('freight.byRegion'), more: '', refused: false, charged: zones.some((each) => each.most_fen > 0) }
}
