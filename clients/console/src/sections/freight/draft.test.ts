import { expect, it } from 'vitest'
import { draftOf, isTiny, issuesOf, newDraft, newZone, takenFor, termsOf, countBy, type TemplateDraft } from './draft'

const whole = (changes: Partial<TemplateDraft> = {}): TemplateDraft => ({
  ...newDraft(), name: 'Parcels', zones: [{ ...newZone(), first_fen: 600, further_fen: 0 }], ...changes,
})
const near = { ...newZone(), first_fen: 0, further_fen: 0, regions: ['440000'] }

it.each([
  [newDraft(), ['name:name', 'first_fen-0:price', 'further_fen-0:price']],
  [whole({ name: ' ' }), ['name:name']],
  [whole({ zones: [{ ...near, further_units: 0 }] }), ['further_units-0:units']],
  [whole({ zones: [...whole().zones, { ...near, free_from_fen: 0 }] }), ['free_from_fen-1:free']],
  [whole({ zones: [...whole().zones, { ...near, regions: [] }] }), ['regions-1:regions']],
  [whole({ zones: [...whole().zones, near] }), []],
])('%# what keeps a template from being sent, at its field', (draft, issues) => {
  expect(issuesOf(draft).map(({ field, key }) => `${field}:${key}`)).toEqual(issues)
  expect(termsOf(draft) === null).toBe(issues.length > 0)
})

it('counts weight by the kilogram unless something else is said, and sees a slip', () => {
  const draft = whole({ zones: [newZone(), { ...near, further_units: 500 }] })
  countBy(draft, 'gram')
  expect(draft.zones.map((zone) => [zone.first_units, zone.further_units])).toEqual([[1000, 1000], [1000, 500]])
  expect(draft.zones.map((zone) => isTiny(zone, 'gram'))).toEqual([false, false])
  expect([isTiny(newZone(), 'gram'), isTiny(newZone(), 'piece')]).toEqual([true, false])
  countBy(draft, 'piece')
  expect(draft.zones[0]!.first_units).toBe(1)
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
