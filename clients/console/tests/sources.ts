import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const SOURCE = join(import.meta.dirname, '../src')
const LOCALES = ['zh-Hant', 'zh-Hans', 'en'] as const
export type Texts = Record<string, string>
type Tree = { [key: string]: string | Tree }

/** The console's code, without tests; paths from `src`. */
export const sources = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((path) => /(?<!\.test)\.(vue|ts)$/.test(path))
  .map((path) => ({ path, code: readFileSync(join(SOURCE, path), 'utf8') }))

export const sections = readdirSync(join(SOURCE, 'sections'))
export const filesOf = (section: string): string[] => readdirSync(join(SOURCE, 'sections', section), { recursive: true, encoding: 'utf8' })
export const readJson = (path: string): Tree => JSON.parse(readFileSync(join(SOURCE, path), 'utf8')) as Tree

export function flat(tree: Tree, prefix = ''): Texts {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value]] : Object.entries(flat(value, `${prefix}${key}.`))),
  )
}

/** The shared catalogue and each section's, in three languages. */
export const catalogues = [['shared', 'locales'], ...sections.map((name) => [name, `sections/${name}/locales`])].map(([room, folder]) => ({
  room: room!,
  texts: Object.fromEntries(LOCALES.map((locale) => [locale, flat(readJson(`${folder}/${locale}.json`))])) as Record<(typeof LOCALES)[number], Texts>,
}))
