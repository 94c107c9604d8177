import type { Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { ApiProblem } from '@/api/problems'
import type { LText } from '@/api/types'
import { spanOf } from '@/format/time'
import type { KeysOf, SharedKey, Translate } from './keys'
import type { Locale } from './locale'

const FALLBACK = ['zh-Hant', 'zh-Hans', 'en'] as const

/** The text in the wanted language, else zh-Hant, zh-Hans, en, or whatever there is. */
export function pickText(text: LText | null | undefined, locale: string): string {
  if (!text) return ''
  const all = text as Record<string, string | null | undefined>
  for (const key of [locale, ...FALLBACK]) {
    const found = all[key]
    if (found) return found
  }
  return ''
}

/** Words in the signed-in person's language: catalogue texts, shop texts, problems, ages. */
function words<Key extends string>() {
  const { t: look, te: has, locale: spoken } = useI18n()
  const locale = spoken as Ref<Locale>
  const t = look as unknown as Translate<Key | SharedKey>
  const text = (value: LText | null | undefined): string => pickText(value, locale.value)
  /** For names that the server gives: what has no words yet is shown as `otherwise`, never hidden. */
  const known = (key: string, otherwise: string): string => (has(key) ? look(key) : otherwise)

  function problem(error: unknown): string {
    const found = ApiProblem.from(error)
    const key = `problem.${found.code}`
    if (has(key)) return look(key, numbersOf(found.members))
    const generic = t('problem.generic')
    return found.requestId ? t('problem.with-id', { text: generic, id: found.requestId }) : generic
  }

  /** What is wrong with one field, by the kind of error the server names. */
  const fieldWords = (code: string): string => known(`field.${code}`, t('field.value_error'))

  function span(seconds: number): string {
    return spanOf(seconds)
      .map(([count, unit]) => t(`span.${unit}`, { n: count }, count))
      .join(t('span.join'))
  }

  return { t, known, locale, text, problem, fieldWords, span }
}

/** Of what every page shares. */
export const useWords = words<never>

/** Of a section, with its own texts: its `words.ts` is `wordsOf<typeof texts>()`. */
export const wordsOf = <Tree>() => words<KeysOf<Tree>>

function numbersOf(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => typeof value === 'number'))
}
