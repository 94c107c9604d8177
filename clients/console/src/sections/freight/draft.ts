import { cut } from '@/format/cut'
import type { Template, Unit, Zone } from './types'

/** A zone as it is typed: a number is null while its field is empty. The first zone is everywhere else. */
export interface ZoneDraft {
  regions: string[]
  first_units: number | null
  first_fen: number | null
  further_units: number | null
  further_fen: number | null
  free_from_fen: number | null
  free_from_pieces: number | null
}

export interface TemplateDraft {
  name: string
  unit: Unit
  zones: ZoneDraft[]
  undelivered: string[]
}

/** What is wrong with which field; of a zone's fields, the name ends with the zone's place. */
export interface Issue {
  field: string
  key: 'name' | 'units' | 'price' | 'free' | 'regions'
}

/** What a first and a further step mostly are: a piece, or a kilogram. */
const STEP: Record<Unit, number> = { piece: 1, gram: 1000 }
/** Steps below are mostly a slip: nobody pays by each gram. */
const SMALLEST: Record<Unit, number> = { piece: 1, gram: 100 }

export const newZone = (unit: Unit = 'piece'): ZoneDraft => ({
  regions: [], first_units: STEP[unit], first_fen: null, further_units: STEP[unit], further_fen: null, free_from_fen: null, free_from_pieces: null,
})

export const newDraft = (): TemplateDraft => ({ name: '', unit: 'piece', zones: [newZone()], undelivered: [] })

/** Of a template, what its form is about. */
export type Terms = Pick<Template, 'name' | 'unit' | 'zones' | 'undelivered'>

export const draftOf = ({ name, unit, zones, undelivered }: Terms): TemplateDraft => ({
  name, unit, undelivered: [...undelivered],
  zones: zones.map((zone) => ({ ...zone, regions: [...zone.regions], free_from_fen: zone.free_from_fen ?? null, free_from_pieces: zone.free_from_pieces ?? null })),
})

/** Another template with the same prices, under its own name. */
export const copyOf = (template: Template, name: string): TemplateDraft => ({ ...draftOf(template), name: cut(name, 60) })

/** Steps that nobody has touched go with the unit. */
export function countBy(draft: TemplateDraft, unit: Unit): void {
  for (const zone of draft.zones) {
    if (zone.first_units === STEP[draft.unit]) zone.first_units = STEP[unit]
    if (zone.further_units === STEP[draft.unit]) zone.further_units = STEP[unit]
  }
  draft.unit = unit
}

export const isTiny = (zone: ZoneDraft, unit: Unit): boolean =>
  [zone.first_units, zone.further_units].some((units) => units !== null && units > 0 && units < SMALLEST[unit])

const isWhole = (zone: ZoneDraft): zone is ZoneDraft & Zone =>
  (zone.first_units ?? 0) >= 1 && (zone.further_units ?? 0) >= 1 && zone.first_fen !== null && zone.further_fen !== null &&
  zone.free_from_fen !== 0 && zone.free_from_pieces !== 0

/** What keeps it from being sent, field by field; the server checks the rest. */
export function issuesOf(draft: TemplateDraft): Issue[] {
  const issues: Issue[] = draft.name.trim() ? [] : [{ field: 'name', key: 'name' }]
  draft.zones.forEach((zone, at) => {
    const wrong = (key: Issue['key'], field: string): void => void issues.push({ field: `${field}-${at}`, key })
    if (at && !zone.regions.length) wrong('regions', 'regions')
    if (!zone.first_units) wrong('units', 'first_units')
    if (zone.first_fen === null) wrong('price', 'first_fen')
    if (!zone.further_units) wrong('units', 'further_units')
    if (zone.further_fen === null) wrong('price', 'further_fen')
    if (zone.free_from_fen === 0) wrong('free', 'free_from_fen')
    if (zone.free_from_pieces === 0) wrong('free', 'free_from_pieces')
  })
  return issues
}

/** What is sent; null while something is missing. */
export function termsOf(draft: TemplateDraft): { name: string; zones: Zone[]; undelivered: string[] } | null {
  return issuesOf(draft).length ? null : { name: draft.name.trim(), zones: draft.zones.filter(isWhole), undelivered: draft.undelivered }
}

/** Provinces that a zone cannot have: another one has them, or nothing is sent there. `index` null: the undelivered. */
export const takenFor = (draft: TemplateDraft, index: number | null): string[] =>
  draft.zones.flatMap((zone, at) => (at === index ? [] : zone.regions)).concat(index === null ? [] : draft.undelivered)
