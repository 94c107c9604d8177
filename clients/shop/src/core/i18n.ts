import { createI18n } from 'vue-i18n'
import en from '@/locales/en.json'
import zhHans from '@/locales/zh-Hans.json'
import zhHant from '@/locales/zh-Hant.json'
import type { LText } from './contract'
import { chooseLanguage, LANGUAGES, type Language, type LanguageChoice, storedChoice } from './language'

type Catalogue = { [key: string]: string | Catalogue }
type Values = { named: (key: string) => unknown }
type Message = (values: Values) => string
type Messages = { [key: string]: Message | Messages }

/**
 * Turn "還差 {n} 人" into a function. vue-i18n's own compiler builds code with `new Function`,
 * which WeChat's logic layer refuses.
 */
function prepare(catalogue: Catalogue): Messages {
  const ready = (value: string | Catalogue): Message | Messages => {
    if (typeof value !== 'string') return prepare(value)
    const parts = value.split(/\{(\w+)\}/)
    return ({ named }) => parts.map((part, i) => (i % 2 ? String(named(part) ?? '') : part)).join('')
  }
  return Object.fromEntries(Object.entries(catalogue).map(([key, value]) => [key, ready(value)]))
}

export const i18n = createI18n({
  legacy: false,
  globalInjection: true,
  locale: 'zh-Hant',
  fallbackLocale: 'zh-Hant',
  messages: { 'zh-Hant': prepare(zhHant), 'zh-Hans': prepare(zhHans), en: prepare(en) } as never,
})

type Texts = Record<Language, Catalogue>
/** What a subpackage's `texts.ts` does: its own texts join those of the main package when its first page is loaded. */
export function addTexts(texts: Texts): void {
  for (const language of LANGUAGES) i18n.global.mergeLocaleMessage(language, prepare(texts[language]) as never)
}

export type Params = Record<string, string | number>
/** Translate; reads the reactive locale, so templates follow a language switch. */
export const t = (key: string, params: Params = {}): string => i18n.global.t(key, params)
export const hasText = (key: string): boolean => i18n.global.te(key, 'zh-Hant')
export const locale = (): Language => i18n.global.locale.value as Language

const FALLBACK: Language[] = ['zh-Hant', 'zh-Hans', 'en']
/** The shopper's language of a merchant's text, else zh-Hant → zh-Hans → en. */
export function ltext(text: LText | null | undefined): string {
  if (!text) return ''
  for (const language of [locale(), ...FALLBACK]) {
    const s = text[language]
    if (s) return s
  }
  return ''
}

const TABS = ['tab.home', 'tab.category', 'tab.groups', 'tab.me']
/** Tab captions live outside the pages; they can only be set while a tab page is on top. */
export function applyTabTexts(): void {
  TABS.forEach((key, index) => uni.setTabBarItem({ index, text: t(key), fail: () => {} }))
}

export function applyLanguage(choice: LanguageChoice = storedChoice()): void {
  const language = chooseLanguage(choice)
  i18n.global.locale.value = language
  // #ifdef H5
  document.documentElement.lang = language
  // #endif
}

/** A text in every language; for reading what people or WeChat wrote in any of them. */
export const allNames = (key: string): string[] => LANGUAGES.map((language) => i18n.global.t(key, {}, { locale: language }))
