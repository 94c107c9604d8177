import { formatFen } from '@/format/money'
import type { ZoneDraft } from './draft'
import type { Unit, Zone } from './types'
import { useWords } from './words'

/** So many provinces are named in a list. */
const NAMED = 3

/** Zones in words: where, and what it costs there. */
export function useZoneWords() {
  const { t, known } = useWords()
  const places = (codes: readonly string[]): string => codes.map((code) => known(`province.${code}`, code)).join(t('conflict.join'))
  /** The first of them by name, and how many there are. */
  const some = (codes: readonly string[]): string => (codes.length > NAMED ? t('freight.and-more', { places: places(codes.slice(0, NAMED)), n: codes.length }) : places(codes))
  const where = (zone: ZoneDraft | Zone): string => (zone.regions.length ? some(zone.regions) : t('freight.everywhere-else'))
  const measure = (units: number | null, unit: Unit): string => `${units ?? 0} ${t(unit === 'gram' ? 'freight.gram' : 'unit.pieces')}`
  const costs = (zone: ZoneDraft | Zone, unit: Unit): string => {
    const free = [
      zone.free_from_fen ? t('freight.free-from-fen', { sum: formatFen(zone.free_from_fen) }) : '',
      zone.free_from_pieces ? t('freight.free-from-pieces', { n: zone.free_from_pieces }, zone.free_from_pieces) : '',
    ]
    return [t(`freight.cost.${unit}`, {
      size: measure(zone.first_units, unit), first: formatFen(zone.first_fen ?? 0), step: measure(zone.further_units, unit), further: formatFen(zone.further_fen ?? 0),
    }), ...free].filter(Boolean).join(' · ')
  }
  return { places, some, where, costs }
}
