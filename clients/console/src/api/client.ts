import createClient from 'openapi-fetch'
import { patiently } from '../../../packages/api/patience'
import { forgetSession } from '@/session/session'
import { noteServerTime } from '@/live/serverClock'
import { ApiProblem, OFFLINE, problemOf } from './problems'
import type { ApiPaths } from './types'

/** What can be sent twice is, after a failure that is nobody's fault. */
export async function patientFetch(request: Request): Promise<Response> {
  if (request.method !== 'GET' && !request.headers.has('Idempotency-Key')) return fetch(request)
  const { answer } = await patiently(async () => {
    try {
      const answer = await fetch(request.clone())
      return { status: answer.status, retryAfter: answer.headers.get('Retry-After'), answer }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error // given up by ourselves, not lost
      return { status: 0, answer: error }
    }
  })
  if (answer instanceof TypeError) throw answer
  return answer
}

export const http = createClient<ApiPaths>({ baseUrl: '', fetch: patientFetch })

http.use({
  onResponse({ response }) {
    const date = response.headers.get('Date')
    if (date) noteServerTime(date, 'header')
  },
})

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

interface Options {
  /** A refused token normally ends the session; some calls only try their luck. */
  keepSession?: boolean
}

/** Waits for a call and gives its data, or throws an ApiProblem. */
export async function answerOf<T>(call: Promise<Answer<T>>, options: Options = {}): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await call
  } catch {
    throw new ApiProblem(0, { code: OFFLINE })
  }
  if (answer.response.ok) return learnNow(answer.data as T)
  const problem = problemOf(answer.response.status, answer.error)
  if (problem.code === 'platform/not-signed-in' && !options.keepSession) forgetSession('expired')
  throw problem
}

/** Many answers say what time it is at the server. */
function learnNow<T>(data: T): T {
  const now = (data as { now?: unknown } | null | undefined)?.now
  if (typeof now === 'string') noteServerTime(now)
  return data
}
