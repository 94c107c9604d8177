import { useWords } from './words'

/** Names of accounts and transactions in words; one that has none yet is shown by its code, never hidden. */
export function useBookWords() {
  const { known } = useWords()
  return {
    account: (code: string): string => known(`money.account.${code}`, code),
    kind: (code: string): string => known(`money.kind.${code}`, code),
  }
}
