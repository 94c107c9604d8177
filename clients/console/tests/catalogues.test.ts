import { describe, expect, it } from 'vitest'
import { PROVINCE_CODES } from '@/format/provinces'
import { i18n } from '@/i18n'
import { catalogues, readJson, sections, sources } from './sources'

const CJK = /[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]/
const TRADITIONAL = /[團單貨數價選請還這個時訂們樣訊錄]/
/** What a language is called is written in that language everywhere. */
const ownName = (key: string): boolean => key.startsWith('locale.')

const placeholders = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()
const keysOf = (room: string): string[] => Object.keys(catalogues.find((each) => each.room === room)!.texts['zh-Hant'])

describe.each(catalogues)('the texts of $room', ({ texts }) => {
  const keys = Object.keys(texts['zh-Hant'])

  it.each(['zh-Hans', 'en'] as const)('are the same in %s, in the same order, with the same placeholders', (locale) => {
    expect(Object.keys(texts[locale])).toEqual(keys)
    for (const key of keys) {
      expect([key, ...placeholders(texts[locale][key]!)]).toEqual([key, ...placeholders(texts['zh-Hant'][key]!)])
    }
  })

  // an @, a | or a { that stands for itself is written {'@'}
  it.each(['zh-Hant', 'zh-Hans', 'en'] as const)('can all be said in %s', (locale) => {
    const unsaid = keys.filter((key) => {
      try {
        return !i18n.global.t(key, 1, { locale })
      } catch {
        return true
      }
    })
    expect(unsaid).toEqual([])
  })

  it('are none of them empty', () => {
    for (const all of Object.values(texts)) expect(Object.keys(all).filter((key) => all[key] === '')).toEqual([])
  })

  it('are English in English, and in simplified characters in zh-Hans', () => {
    expect(keys.filter((key) => !ownName(key) && CJK.test(texts.en[key]!))).toEqual([])
    expect(keys.filter((key) => !ownName(key) && TRADITIONAL.test(texts['zh-Hans'][key]!))).toEqual([])
  })
})

describe('catalogues', () => {
  it('have each key once: a section does not overwrite what another one says', () => {
    const all = catalogues.flatMap(({ texts }) => Object.keys(texts['zh-Hant']))
    expect(all.length).toBeGreaterThan(700)
    expect(all.filter((key, index) => all.indexOf(key) !== index)).toEqual([])
  })

  it.each(sections)('%s has a name in three languages', (name) => {
    expect(Object.keys(readJson(`sections/${name}/title.json`))).toEqual(['zh-Hant', 'zh-Hans', 'en'])
  })

  it('name every province', () => {
    expect(PROVINCE_CODES).toHaveLength(34)
    for (const code of PROVINCE_CODES) expect(keysOf('shared')).toContain(`province.${code}`)
  })
})

/** Whole keys in quotes, and beginnings that something is put behind; `<StatusTag of="…">` puts `.status.` behind. */
function speaker(room: string): (key: string) => boolean {
  const code = sources.filter(({ path }) => room === 'shared' || path.startsWith(`sections/${room}/`)).map((each) => each.code).join('\n')
  const named = new Set([...code.matchAll(/['"`]([a-z][\w.-]*)['"`]/g)].map((match) => match[1]!))
  const begun = [...code.matchAll(/['"`]([a-z][\w-]*\.(?:[\w-]+\.)*)(?:['"]\s*\+|\$\{)/g)].map((match) => match[1]!)
  const tagged = [...code.matchAll(/<StatusTag[^>]*\bof="(\w+)"/g)].map((match) => `${match[1]}.status.`)
  // what the server names: codes of problems and of fields
  const beginnings = [...new Set([...begun, ...tagged, 'problem.', 'field.'])]
  return (key) => named.has(key) || beginnings.some((beginning) => key.startsWith(beginning))
}

describe('texts', () => {
  it.each(catalogues)('of $room are shown there', ({ room }) => {
    const isShown = speaker(room)
    expect(keysOf(room).filter((key) => !isShown(key))).toEqual([])
  })

  it('that nobody shows would be seen', () => {
    expect(['act.nothing-of-the-kind', 'nobody.status.idle', 'order.ship'].map(speaker('groups'))).toEqual([false, false, false])
  })

  it.each(sections)('of states are there for every tag in %s', (name) => {
    const known = [...keysOf('shared'), ...keysOf(name)]
    const tags = sources.filter(({ path }) => path.startsWith(`sections/${name}/`)).flatMap(({ code }) => [...code.matchAll(/<StatusTag[^>]*\bof="(\w+)"/g)])
    expect(tags.map((match) => match[1]).filter((of) => !known.some((key) => key.startsWith(`${of}.status.`)))).toEqual([])
  })
})
