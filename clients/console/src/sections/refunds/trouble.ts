/** Why a refund is stuck; each has words and advice in the catalogues (`refund.trouble.<kind>`). */
export const TROUBLES = ['refused', 'funds', 'closed', 'failed', 'lost', 'too_many', 'too_old'] as const
export type Trouble = (typeof TROUBLES)[number] | 'unknown'

/** The kind of trouble, and what the provider says about it. An empty balance is refused like anything else. */
export function troubleOf(refund: { trouble: string | null; trouble_words: string | null }): { kind: Trouble; words: string } {
  const words = refund.trouble_words ?? ''
  const known = TROUBLES.find((each) => each === refund.trouble) ?? 'unknown'
  return { kind: known === 'refused' && /NOT_?ENOUGH/i.test(words) ? 'funds' : known, words }
}
