import { useI18n } from 'vue-i18n'
import { ApiProblem } from '@/api/problems'
import type { LText } from '@/api/types'
import { spanOf } from '@/format/time'

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
export function useWords() {
  const { t, te, locale } = useI18n()
  const text = (value: LText | null | undefined): string => pickText(value, locale.value)

  function problem(error: unknown): string {
    const known = ApiProblem.from(error)
    const key = `problem.${known.code}`
    if (te(key) || te(key, 'zh-Hant')) return t(key, numbersOf(known.members))
    const generic = t('problem.generic')
    return known.requestId ? t('problem.with-id', { text: generic, id: known.requestId }) : generic
  }

  /** What is wrong with one field, by the kind of error the server names. */
  const fieldWords = (code: string): string => t(te(`field.${code}`) ? `field.${code}` : 'field.value_error')

  function span(seconds: number): string {
    return spanOf(seconds)
      .map(([count, unit]) => t(`span.${unit}`, { n: count }, count))
      .join(t('span.join'))
  }

  return { t, locale, text, problem, fieldWords, span }
}

function numbersOf(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => typeof value === 'number'))
}
