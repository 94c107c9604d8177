import { expect, it } from 'vitest'
import { draftOf, issueOf, newDraft, newZone, takenFor, termsOf, type TemplateDraft } from './draft'

const whole = (changes: Partial<TemplateDraft> = {}): TemplateDraft => ({
  ...newDraft(), name: 'Parcels', zones: [{ ...newZone(), first_fen: 600, further_fen: 0 }], ...changes,
})
const near = { ...newZone(), first_fen: 0, further_fen: 0, regions: ['440000'] }

it.each([
  [newDraft(), 'name'],
  [whole({ name: ' ' }), 'name'],
  [whole({ zones: [newZone()] }), 'numbers'],
  [whole({ zones: [{ ...near, further_units: 0 }] }), 'numbers'],
  [whole({ zones: [{ ...near, free_from_fen: 0 }] }), 'numbers'],
  [whole({ zones: [...whole().zones, { ...near, regions: [] }] }), 'regions'],
  [whole({ zones: [...whole().zones, near] }), null],
])('%# what keeps a template from being sent', (draft, issue) => {
  expect(issueOf(draft)).toBe(issue)
  expect(termsOf(draft) === null).toBe(issue !== null)
})

it('is the same after it was read', () => {
  const terms = termsOf(whole({ zones: [...whole().zones, near], undelivered: ['650000'] }))!
  expect(termsOf(draftOf({ ...terms, unit: 'gram' }))).toEqual(terms)
})

it('gives a province to one zone only', () => {
  const draft = whole({ zones: [...whole().zones, near, { ...near, regions: ['450000'] }], undelivered: ['650000'] })
  expect(takenFor(draft, 1)).toEqual(['450000', '650000'])
  expect(takenFor(draft, null)).toEqual(['440000', '450000'])
})
