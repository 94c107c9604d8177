import { shallowRef } from 'vue'

/** A question before something that cannot be taken back, or that loses what was typed. */
export interface Question {
  title: string
  text: string
  /** What is done, and what the safe button says. */
  act: string
  keep: string
}

/** A question with several things to do; the last one is the gravest. */
export interface Choice {
  title: string
  text: string
  acts: string[]
  keep: string
}

interface Asked extends Choice {
  answer: (act: number | null) => void
}

export const asked = shallowRef<Asked | null>(null)

/** Asks in the page's one dialog for it; the safe button has the focus, so Enter never agrees. Null: nothing is done. */
export function chooseAction(choice: Choice): Promise<number | null> {
  asked.value?.answer(null)
  return new Promise((resolve) => {
    asked.value = {
      ...choice,
      answer: (act) => {
        asked.value = null
        resolve(act)
      },
    }
  })
}

export async function confirmAction({ act, ...question }: Question): Promise<boolean> {
  return (await chooseAction({ ...question, acts: [act] })) === 0
}
