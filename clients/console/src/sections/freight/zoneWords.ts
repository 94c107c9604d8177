import { formatFen } from '@/format/money'
import type { ZoneDraft } from './draft'
import type { Zone } from './types'
import { useWords } from './words'

/** Zones in words: where, and what it costs there. */
export function useZoneWords() {
  const { t, known } = useWords()
  const places = (codes: readonly string[]): string => codes.map((code) => known(`province.${code}`, code)).join(t('conflict.join'))
  const where = (zone: ZoneDraft | Zone): string => (zone.regions.length ? t('freight.chosen', { n: zone.regions.length }, zone.regions.length) : t('freight.everywhere-else'))
  const costs = (zone: ZoneDraft | Zone): string => {
    const free = [
      zone.free_from_fen ? t('freight.free-from-fen', { sum: formatFen(zone.free_from_fen) }) : '',
      zone.free_from_pieces ? t('freight.free-from-pieces', { n: zone.free_from_pieces }, zone.free_from_pieces) : '',
    ]
    return [t('freight.cost', { first: formatFen(zone.first_fen ?? 0), further: formatFen(zone.further_fen ?? 0) }), ...free].filter(Boolean).join(' · ')
  }
  return { places, where, costs }
}
