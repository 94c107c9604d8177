/**
 * The catalogues: one for what every page shares (src/locales), one beside each section. What is shown is loaded, in the
 * language that is spoken, and nothing else.
 */
import { createI18n } from 'vue-i18n'
import type { Locale } from './locale'

type Tree = { [key: string]: string | Tree }

const FILES = import.meta.glob<Tree>(['../locales/*.json', '../sections/*/locales/*.json'], { import: 'default' })
const SHARED = 'shared'
const fileOf = (room: string, locale: Locale): string =>
  room === SHARED ? `../locales/${locale}.json` : `../sections/${room}/locales/${locale}.json`

export const i18n = createI18n({ legacy: false, locale: 'zh-Hant' as string, messages: {} as Record<string, Tree> })

/** Sections that have been shown; another language is learnt for all of them. */
const rooms = new Set<string>([SHARED])
const loaded = new Set<string>()
let wanted: Locale = 'zh-Hant'

async function load(room: string, locale: Locale): Promise<void> {
  const file = fileOf(room, locale)
  if (loaded.has(file)) return
  const texts = await FILES[file]?.()
  if (!texts || loaded.has(file)) return
  loaded.add(file)
  i18n.global.mergeLocaleMessage(locale, texts)
}

/** Before a part of a section is shown. */
export async function loadTexts(section: string): Promise<void> {
  rooms.add(section)
  const spoken = i18n.global.locale.value as Locale
  await Promise.all([...new Set([spoken, wanted])].map((locale) => load(section, locale)))
}

/** Goes over to a language once all that is on the screen has its texts in it. The last wish counts. */
export async function speak(locale: Locale): Promise<void> {
  wanted = locale
  await Promise.all([...rooms].map((room) => load(room, locale)))
  if (wanted === locale) i18n.global.locale.value = locale
}
