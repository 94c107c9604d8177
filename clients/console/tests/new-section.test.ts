import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let into = ''
const lay = (...args: string[]): string => execFileSync('node', ['scripts/new-section.js', ...args, into], { encoding: 'utf8', stdio: 'pipe' })
beforeEach(() => (into = mkdtempSync(join(tmpdir(), 'sections-'))))
afterEach(() => rmSync(into, { recursive: true }))

describe('a section that is laid out', () => {
  it('has all that a section has, and is reached under its name', () => {
    lay('gift-cards', 'campaigns:read')
    const files = readdirSync(join(into, 'gift-cards'), { recursive: true, encoding: 'utf8' })
    expect(files).toEqual(expect.arrayContaining(['section.ts', 'title.json', 'words.ts', 'GiftCardsPage.vue', 'locales/en.json']))
    expect(readFileSync(join(into, 'gift-cards/section.ts'), 'utf8')).toContain("name: 'gift-cards', page: () => import('./GiftCardsPage.vue')")
  })

  it.each([['Gift Cards', 'campaigns:read'], ['coupons', '']])('is none with %j and %j', (name, needs) => {
    expect(() => lay(name, needs)).toThrow()
  })

  it('is not laid over another one', () => {
    lay('coupons', 'campaigns:read')
    expect(() => lay('coupons', 'campaigns:read')).toThrow()
  })
})
