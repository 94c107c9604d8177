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

export type Issue = 'name' | 'numbers' | 'regions'

export const newZone = (): ZoneDraft => ({
  regions: [], first_units: 1, first_fen: null, further_units: 1, further_fen: null, free_from_fen: null, free_from_pieces: null,
})

export const newDraft = (): TemplateDraft => ({ name: '', unit: 'piece', zones: [newZone()], undelivered: [] })

/** Of a template, what its form is about. */
export type Terms = Pick<Template, 'name' | 'unit' | 'zones' | 'undelivered'>

export const draftOf = ({ name, unit, zones, undelivered }: Terms): TemplateDraft => ({
  name, unit, undelivered: [...undelivered],
  zones: zones.map((zone) => ({ ...zone, regions: [...zone.regions], free_from_fen: zone.free_from_fen ?? null, free_from_pieces: zone.free_from_pieces ?? null })),
})

/** Another template with the same prices, under its own name. */
export const copyOf = (template: Template, name: string): TemplateDraft => ({ ...draftOf(template), name: name.slice(0, 60) })

const isWhole = (zone: ZoneDraft): zone is ZoneDraft & Zone =>
  (zone.first_units ?? 0) >= 1 && (zone.further_units ?? 0) >= 1 && zone.first_fen !== null && zone.further_fen !== null &&
  zone.free_from_fen !== 0 && zone.free_from_pieces !== 0

/** What keeps it from being sent; the server checks the rest. */
export function issueOf(draft: TemplateDraft): Issue | null {
  if (!draft.name.trim()) return 'name'
  if (!draft.zones.every(isWhole)) return 'numbers'
  return draft.zones.slice(1).every((zone) => zone.regions.length) ? null : 'regions'
}

/** What is sent; null while something is missing. */
export function termsOf(draft: TemplateDraft): { name: string; zones: Zone[]; undelivered: string[] } | null {
  return issueOf(draft) ? null : { name: draft.name.trim(), zones: draft.zones.filter(isWhole), undelivered: draft.undelivered }
}

/** Provinces that a zone cannot have: another one has them, or nothing is sent there. `index` null: the undelivered. */
export const takenFor = (draft: TemplateDraft, index: number | null): string[] =>
  draft.zones.flatMap((zone, at) => (at === index ? [] : zone.regions)).concat(index === null ? [] : draft.undelivered)
