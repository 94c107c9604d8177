/** What went wrong with a request, in a form that can be shown in words. */
export interface FieldProblem {
  path: string
  message: string
  code: string
}

interface ProblemBody {
  code?: string
  detail?: string | null
  request_id?: string
  errors?: FieldProblem[]
  [member: string]: unknown
}

/** Codes made here, for failures that never reached the server or did not come from it. */
export const OFFLINE = 'client/offline'
export const UNEXPECTED = 'client/unexpected'

export class ApiProblem extends Error {
  readonly status: number
  readonly code: string
  readonly requestId: string | null
  readonly fields: FieldProblem[]
  readonly members: Record<string, unknown>

  constructor(status: number, body: ProblemBody) {
    super(body.code ?? UNEXPECTED)
    this.status = status
    this.code = body.code ?? UNEXPECTED
    this.requestId = body.request_id ?? null
    this.fields = Array.isArray(body.errors) ? body.errors : []
    this.members = body
  }

  /** Whether the server could not answer: what passes by itself. */
  get away(): boolean {
    return this.code === OFFLINE || [502, 503, 504].includes(this.status)
  }

  static from(error: unknown): ApiProblem {
    if (error instanceof ApiProblem) return error
    return new ApiProblem(0, { code: UNEXPECTED, detail: String(error) })
  }
}

/** Reads an error body of any kind; a proxy's HTML page counts as "unexpected". */
export function problemOf(status: number, body: unknown): ApiProblem {
  const known = typeof body === 'object' && body !== null ? (body as ProblemBody) : {}
  return new ApiProblem(status, known)
}
