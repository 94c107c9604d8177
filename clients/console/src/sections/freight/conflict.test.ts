// feature: X13
import { describe, expect, it } from 'vitest'
import { ApiProblem } from '@/api/problems'
import { mergedDraft, templateConflict } from './conflict'
import { newDraft, newZone, type TemplateDraft } from './draft'

const base = (): TemplateDraft => ({ ...newDraft(), name: 'Parcels', zones: [{ ...newZone(), first_fen: 1500, further_fen: 500 }] })
const near = () => ({ ...newZone(), regions: ['440000'], first_fen: 600, further_fen: 200 })
const problem = new ApiProblem(409, { code: 'trade/freight-changed', version: 2, by: 'Ann', at: '2026-11-27T10:00:00Z' })
const met = (mine: TemplateDraft, theirs: TemplateDraft) => templateConflict(base(), mine, theirs, problem, (field) => field)

describe('two clerks at one template', () => {
  it('keeps what was typed, and takes what only the other changed', () => {
    const mine = { ...base(), name: 'Mine' }
    const theirs = { ...base(), zones: [...base().zones, near()] }
    const found = met(mine, theirs)
    expect([found.clashes, found.taken]).toEqual([[], ['zones']])
    expect(found.edits).toEqual([{ version: 2, by: 'Ann', at: '2026-11-27T10:00:00Z', fields: ['zones'] }])
    expect(mergedDraft(found, {}, 'piece')).toEqual({ ...theirs, name: 'Mine' })
  })
  it.each([['mine', 900], ['theirs', 700]] as const)('asks where both changed: %s', (side, fen) => {
    const dearer = (first_fen: number): TemplateDraft => ({ ...base(), zones: [{ ...base().zones[0]!, first_fen }] })
    const found = met(dearer(900), dearer(700))
    expect(found.clashes).toEqual(['elsewhere'])
    expect(mergedDraft(found, { elsewhere: side }, 'piece').zones[0]!.first_fen).toBe(fen)
  })
})
