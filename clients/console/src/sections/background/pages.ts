import type { Page } from '@/api/types'
import type { StuckWork } from './types'

type Ask = (module: string, cursor?: string) => Promise<Page<StuckWork>>

/**
 * A page of every module that has one, as one page; its cursor is those of the modules. Modules may run in different
 * processes: one that is down must not hide the others, and is named in `silent`.
 */
export async function pageOfAll(modules: string[], ask: Ask, cursor?: string): Promise<Page<StuckWork> & { silent: string[] }> {
  const wanted: [string, string?][] = cursor ? JSON.parse(cursor) : modules.map((module) => [module])
  const answers = await Promise.allSettled(wanted.map(([module, from]) => ask(module, from)))
  const pages = answers.flatMap((answer, index) => (answer.status === 'fulfilled' ? [{ module: wanted[index]![0], ...answer.value }] : []))
  const more = pages.flatMap(({ module, next_cursor: next }) => (next ? [[module, next]] : []))
  return {
    items: pages.flatMap((page) => page.items),
    next_cursor: more.length ? JSON.stringify(more) : null,
    silent: wanted.map(([module]) => module).filter((_, index) => answers[index]?.status === 'rejected'),
  }
}

export const oldestFirst = (works: readonly StuckWork[]): StuckWork[] => [...works].sort((one, other) => Date.parse(one.since) - Date.parse(other.since))
