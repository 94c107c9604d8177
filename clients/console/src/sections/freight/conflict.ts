import type { ApiProblem } from '@/api/problems'
import { conflictOf, type Conflict, type Edit } from '@/components/conflict'
import { merge, type Fields, type Side } from '@/forms/merge'
import type { TemplateDraft, ZoneDraft } from './draft'

/** A template as named fields: zones of provinces are one thing, because what one gets another loses. */
export const fieldsOf = (draft: TemplateDraft): Fields =>
  ({ name: draft.name.trim(), elsewhere: draft.zones[0], zones: draft.zones.slice(1), undelivered: [...draft.undelivered].sort() })

export function draftOfFields(fields: Fields, unit: TemplateDraft['unit']): TemplateDraft {
  const copy = JSON.parse(JSON.stringify(fields)) as { name: string; elsewhere: ZoneDraft; zones: ZoneDraft[]; undelivered: string[] }
  return { name: copy.name, unit, zones: [copy.elsewhere, ...copy.zones], undelivered: copy.undelivered }
}

/** Somebody saved the same template first; `label` names a field. */
export function templateConflict(base: TemplateDraft, mine: TemplateDraft, theirs: TemplateDraft, problem: ApiProblem, label: (field: string) => string): Conflict {
  const found = conflictOf(fieldsOf(base), fieldsOf(mine), fieldsOf(theirs), [])
  const { by, at, version } = problem.members
  const edit: Edit = { version: Number(version), by: String(by ?? ''), at: String(at ?? ''), fields: [...found.clashes, ...found.taken].map(label) }
  return { ...found, edits: edit.at ? [edit] : [] }
}

export const mergedDraft = (found: Conflict, chosen: Record<string, Side>, unit: TemplateDraft['unit']): TemplateDraft =>
  draftOfFields(merge(found.base, found.mine, found.theirs, chosen), unit)
