import { shallowRef } from 'vue'

/** A question before something that cannot be taken back, or that loses what was typed. */
export interface Question {
  title: string
  text: string
  /** What is done, and what the safe button says. */
  act: string
  keep: string
}

interface Asked extends Question {
  answer: (agreed: boolean) => void
}

export const asked = shallowRef<Asked | null>(null)

/** Asks in the page's one dialog for it; the safe button has the focus, so Enter never agrees. */
export function confirmAction(question: Question): Promise<boolean> {
  asked.value?.answer(false)
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer: (agreed) => {
        asked.value = null
        resolve(agreed)
      },
    }
  })
}
