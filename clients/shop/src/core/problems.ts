import { yuan } from './format'
import { hasText, t } from './i18n'
import { asProblem } from './http'

/** A problem in the shopper's words: the catalogue's sentence for its code, else a generic one. */
export function explain(error: unknown): string {
  const { code, members } = asProblem(error)
  const key = `problem.${code.replace('/', '.')}`
  if (!hasText(key)) return t('problem.generic')
  return t(key, {
    seconds: Number(members.retry_after_s ?? 60),
    left: Number(members.attempts_left ?? 0),
    price: yuan(Number(members.payable_fen ?? 0)),
    limit: Number(members.limit ?? 0),
  })
}
