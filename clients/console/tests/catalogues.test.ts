import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import en from '@/locales/en.json'
import zhHans from '@/locales/zh-Hans.json'
import zhHant from '@/locales/zh-Hant.json'
import { PROVINCE_CODES } from '@/format/provinces'

type Tree = { [key: string]: string | Tree }
const SOURCE = join(import.meta.dirname, '../src')
const CJK = /[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]/

function flat(tree: Tree, prefix = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value]] : Object.entries(flat(value, `${prefix}${key}.`))),
  )
}

const catalogues = { 'zh-Hant': flat(zhHant), 'zh-Hans': flat(zhHans), en: flat(en) }
const keys = Object.keys(catalogues['zh-Hant'])
const sources = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(vue|ts)$/.test(path))
  .map((path) => ({ path, code: readFileSync(join(SOURCE, path), 'utf8') }))

/** Comments may quote Chinese terms; texts may not. */
function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '').replace(/<!--[\s\S]*?-->/g, '')
}

const placeholders = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()

describe('catalogues', () => {
  it.each(['zh-Hans', 'en'] as const)('%s has the keys of zh-Hant, in the same order', (locale) => {
    expect(Object.keys(catalogues[locale])).toEqual(keys)
  })

  it.each(['zh-Hans', 'en'] as const)('%s uses the placeholders of zh-Hant', (locale) => {
    for (const key of keys) {
      expect([key, ...placeholders(catalogues[locale][key]!)]).toEqual([key, ...placeholders(catalogues['zh-Hant'][key]!)])
    }
  })

  it('has no empty text', () => {
    for (const texts of Object.values(catalogues)) {
      expect(Object.keys(texts).filter((key) => texts[key] === '')).toEqual([])
    }
  })

  it('writes English in English, and simplified characters in zh-Hans', () => {
    const foreign = keys.filter((key) => !key.startsWith('locale.') && CJK.test(catalogues.en[key]!))
    expect(foreign).toEqual([])
    const traditional = /[團單貨數價選請還這個時訂們樣訊錄]/
    const mixed = keys.filter((key) => key !== 'locale.zh-Hant' && traditional.test(catalogues['zh-Hans'][key]!))
    expect(mixed).toEqual([])
  })

  it('names every province', () => {
    expect(PROVINCE_CODES).toHaveLength(34)
    for (const code of PROVINCE_CODES) expect(keys).toContain(`province.${code}`)
  })
})

/** Whole keys in quotes, and beginnings that something is put behind. */
const code = sources.map((source) => source.code).join('\n')
const named = new Set([...code.matchAll(/['"`]([a-z][\w.-]*)['"`]/g)].map((match) => match[1]!))
const begun = [...new Set([...code.matchAll(/['"`]([a-z][\w-]*\.(?:[\w-]+\.)*)(?:['"]\s*\+|\$\{)/g)].map((match) => match[1]!))]
/** `${of}.status.${…}`: what a tag is of stands in the template that shows it. */
const tagged = new RegExp(`^(${[...new Set([...code.matchAll(/<StatusTag[^>]*\bof="(\w+)"/g)].map((match) => match[1]!))].join('|')})\.status\.`)
/** What the server names: codes of problems and of fields. */
const isShown = (key: string): boolean =>
  named.has(key) || tagged.test(key) || /^(problem|field)\./.test(key) || begun.some((beginning) => key.startsWith(beginning))

describe('texts', () => {
  it('are shown somewhere', () => {
    expect(keys.filter((key) => !isShown(key))).toEqual([])
    expect(['act.nothing-of-the-kind', 'nobody.status.idle'].map(isShown)).toEqual([false, false])
  })
})

describe('sources', () => {
  it('were found', () => expect(sources.length).toBeGreaterThan(40))

  it.each(sources)('$path has no Chinese outside the catalogues', ({ code }) => {
    expect(withoutComments(code).split('\n').filter((line) => CJK.test(line))).toEqual([])
  })

  it.each(sources)('$path uses only keys that exist', ({ code }) => {
    const used = [...code.matchAll(/\bt\(\s*'([^']+)'/g)].map((match) => match[1]!)
    expect(used.filter((key) => !keys.includes(key))).toEqual([])
    const prefixes = [...code.matchAll(/\bt\(\s*`([^`$]+)\$\{/g)].map((match) => match[1]!)
    expect(prefixes.filter((prefix) => !keys.some((key) => key.startsWith(prefix)))).toEqual([])
  })
})
