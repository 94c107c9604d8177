import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import money from '@/sections/money/locales/zh-Hant.json'
import reconciliation from '@/sections/reconciliation/locales/zh-Hant.json'

describe('the names in the books', () => {
  const contract = JSON.parse(readFileSync(join(import.meta.dirname, '../../packages/api/openapi.json'), 'utf8')) as
    { components: { schemas: Record<string, { enum?: string[] }> } }
  it.each([
    ['Account', money.money.account], ['Kind', money.money.kind],
    ['DifferenceKind', reconciliation.reconciliation.kind], ['ReconciliationStatus', reconciliation.reconciliation.status],
  ])('every %s of the contract has words', (name, words) => {
    const codes = contract.components.schemas[name]?.enum ?? []
    expect(codes.length).toBeGreaterThan(3)
    expect(codes.filter((code) => !(code in words))).toEqual([])
  })
})
