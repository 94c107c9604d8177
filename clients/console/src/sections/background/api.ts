import { answerOf, http } from '@/api/client'
import type { Page } from '@/api/types'
import type { StuckWork } from './types'

export const listModules = async (): Promise<string[]> =>
  (await answerOf(http.GET('/api/v1/background'))).modules

export const listStuck = (module: string, cursor?: string): Promise<Page<StuckWork>> =>
  answerOf(http.GET('/api/v1/background/{module}/stuck', { params: { path: { module }, query: { cursor } } }))

const choice = (work: StuckWork) => ({
  params: { path: { module: work.module } },
  body: { kind: work.kind, ids: [work.id] },
})

/** False if it was not stuck any more. */
export const tryAgain = async (work: StuckWork): Promise<boolean> =>
  (await answerOf(http.POST('/api/v1/background/{module}/stuck/try-again', choice(work)))).count > 0

/** False if it was not stuck any more. */
export const setAside = async (work: StuckWork): Promise<boolean> =>
  (await answerOf(http.POST('/api/v1/background/{module}/stuck/set-aside', choice(work)))).count > 0
