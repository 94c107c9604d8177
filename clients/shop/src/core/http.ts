import { patiently, type Reply } from '../../../packages/api/patience'
import { learnDate, learnNow } from './clock'
import { dropSession, session } from './session'
import { currentLanguage } from './language'

/** RFC 9457 problem document; `code` is stable and has a sentence in the catalogues. */
export type ProblemDocument = { code?: string; status?: number; title?: string; request_id?: string; [member: string]: unknown }

export class ApiProblem extends Error {
  constructor(readonly code: string, readonly status: number, readonly members: ProblemDocument = {}) {
    super(code)
    this.name = 'ApiProblem'
  }
}
export const asProblem = (e: unknown): ApiProblem => (e instanceof ApiProblem ? e : new ApiProblem('client/unexpected', 0))
/** Whether the server cannot answer now: what passes by itself. */
export function isAway(e: unknown): boolean {
  const { code, status } = asProblem(e)
  return code === 'client/offline' || [502, 503, 504].includes(status)
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH'
type Query = Record<string, string | number | readonly string[] | null | undefined>
export type CallOptions = { query?: Query; body?: object; key?: string; header?: Record<string, string>; timeout?: number; once?: boolean }

let onSignedOut: () => void = () => {}
/** What to do when the server no longer accepts the token (go to sign-in and come back). */
export const whenSignedOut = (f: () => void): void => void (onSignedOut = f)

export const ORIGIN = __API__
/** Absolute address of a file the server hands out, e.g. a picture. */
export const media = (url: string | null | undefined): string => (!url ? '' : /^(https?:|data:)/.test(url) ? url : ORIGIN + url)

const search = (q: Query = {}) => {
  const pairs = Object.entries(q).filter(([, v]) => v !== undefined && v !== null && v !== '' && !(Array.isArray(v) && !v.length))
  const one = (k: string, v: unknown) => `${k}=${encodeURIComponent(String(v))}`
  return pairs.length ? '?' + pairs.map(([k, v]) => (Array.isArray(v) ? v.map((x) => one(k, x)).join('&') : one(k, v))).join('&') : ''
}
const headers = (key?: string, more: Record<string, string> = {}) => ({
  ...more,
  'Accept-Language': currentLanguage(),
  ...(session.token ? { Authorization: `Bearer ${session.token}` } : {}),
  ...(key ? { 'Idempotency-Key': key } : {}),
})

function refuse(status: number, data: unknown): ApiProblem {
  const doc = (data && typeof data === 'object' ? data : {}) as ProblemDocument
  const problem = new ApiProblem(doc.code ?? (status >= 500 ? 'client/server' : 'client/unexpected'), status, doc)
  // a code that was mistyped is a 401 too, and no reason to sign anybody out
  if (problem.code === 'platform/not-signed-in' && session.token) {
    dropSession()
    onSignedOut()
  }
  return problem
}

/**
 * Every answer tells the server's time, in a header or in its body: the only clock that pages go by.
 * The header first: a body may be one that the browser had already.
 */
function learnClock(data: unknown, header: Record<string, string> | undefined): void {
  const said = data && typeof data === 'object' ? (data as { now?: unknown }).now : undefined
  const now = header?.['x-now'] ?? header?.['X-Now'] ?? said
  if (typeof now === 'string') learnNow(now)
  else learnDate(header?.date ?? header?.Date)
}

type Answer = Reply & { data: unknown }

/** One request. uni.request "succeeds" on 4xx and 5xx. Rejects after `timeout`: nobody waits for that twice. */
function send(method: Method, path: string, { query, body, key, header: more, timeout = 20000 }: CallOptions): Promise<Answer> {
  return new Promise<Answer>((resolve, reject) => {
    uni.request({
      url: `${ORIGIN}/api/v1${path}${search(query)}`,
      method: method as UniApp.RequestOptions['method'],
      data: body,
      header: headers(key, more),
      timeout,
      success: ({ statusCode, data, header }) => {
        learnClock(data, header)
        resolve({ status: statusCode, data, retryAfter: header?.['retry-after'] ?? header?.['Retry-After'] })
      },
      fail: ({ errMsg }) =>
        /timeout/i.test(errMsg ?? '') ? reject(new ApiProblem('client/offline', 0)) : resolve({ status: 0, data: null }),
    })
  })
}

/** One HTTP call; what can be sent twice is, unless `once`. Throws ApiProblem; `client/offline` when no answer came. */
export async function call<T>(method: Method, path: string, options: CallOptions = {}): Promise<T> {
  const once = () => send(method, path, options)
  const repeatable = (method === 'GET' || options.key !== undefined) && !options.once
  const { status, data } = await (repeatable ? patiently(once) : once())
  if (status === 0) throw new ApiProblem('client/offline', 0)
  if (status >= 400) throw refuse(status, data)
  return data as T
}
