import { useI18n } from 'vue-i18n'

/** Names of accounts and transactions in words; one that has none yet is shown by its code, never hidden. */
export function useBookWords() {
  const { t, te } = useI18n()
  const known = (key: string, code: string): string => (te(key) || te(key, 'zh-Hant') ? t(key) : code)
  return {
    account: (code: string): string => known(`money.account.${code}`, code),
    kind: (code: string): string => known(`money.kind.${code}`, code),
  }
}
