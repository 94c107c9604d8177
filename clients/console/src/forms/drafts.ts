/**
 * Unsaved forms, kept in this tab only (sessionStorage), so that a reload or a session that ran out loses nothing.
 * They are filed under the person who typed them: nobody else who signs in here sees them, and signing in as
 * somebody else, or signing out, throws them away.
 */
const PREFIX = 'chengtuan.console.draft/'
const keyOf = (person: string, form: string): string => `${PREFIX}${person}/${form}`

export function storeDraft(person: string, form: string, content: unknown): void {
  try {
    sessionStorage.setItem(keyOf(person, form), JSON.stringify(content))
  } catch {
    // Full or forbidden: the form itself is still there.
  }
}

export function findDraft(person: string, form: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(person, form)) ?? 'null')
  } catch {
    return null
  }
}

export function dropDraft(person: string, form: string): void {
  sessionStorage.removeItem(keyOf(person, form))
}

/** Throws away all drafts, or all but one person's. */
export function dropDrafts(except: string | null = null): void {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX) && !(except && key.startsWith(keyOf(except, '')))) sessionStorage.removeItem(key)
  }
}
