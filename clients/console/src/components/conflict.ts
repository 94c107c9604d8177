import type { ApiProblem } from '@/api/problems'
import { compare, type Comparison, type Fields } from '@/forms/merge'

/** What somebody did since the document was read; `fields` in words. */
export interface Edit {
  version: number
  fields: string[]
  by: string
  at: string
}

export interface Conflict extends Comparison {
  base: Fields
  mine: Fields
  theirs: Fields
  edits: Edit[]
}

/** What a refused edit was told about the edits of others. */
export function editsOf(problem: ApiProblem, word: (field: string) => string): Edit[] {
  const told = Array.isArray(problem.members.changes) ? (problem.members.changes as Edit[]) : []
  return told.map((edit) => ({ ...edit, fields: edit.fields.map(word) }))
}

export const conflictOf = (base: Fields, mine: Fields, theirs: Fields, edits: Edit[]): Conflict => ({
  ...compare(base, mine, theirs), base, mine, theirs, edits,
})
