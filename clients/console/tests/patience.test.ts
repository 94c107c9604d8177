import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { patientFetch } from '@/api/client'
import { pauseBefore } from '../../packages/api/patience'

const never = () => 0
const answer = (status: number, headers: Record<string, string> = {}) => new Response('{}', { status, headers })
const server = vi.fn<(request: Request) => Promise<Response>>()
const url = 'http://shop.test/api/v1/trade/console/stock/1'

describe('when a request is sent again', () => {
  it.each([200, 204, 304, 400, 401, 404, 409, 422, 429, 500])('never after %i', (status) => {
    expect(pauseBefore(0, { status, retryAfter: '1' }, never)).toBeNull()
  })
  it.each([0, 502, 503, 504])('twice, soon, after %i that says nothing', (status) => {
    expect([0, 1, 2].map((sent) => pauseBefore(sent, { status }, never))).toEqual([300, 1000, null])
  })
  it('once, when the answer says, if that is soon: whoever says so has tried already', () => {
    expect([0, 1].map((sent) => pauseBefore(sent, { status: 503, retryAfter: '2' }, never))).toEqual([2000, null])
    expect(pauseBefore(0, { status: 503, retryAfter: '6' }, never)).toBeNull()
    expect(pauseBefore(0, { status: 503, retryAfter: '0' }, never)).toBe(300)
  })
  it('soon, where the time is said in a way that we do not read', () => {
    expect(pauseBefore(0, { status: 503, retryAfter: 'Mon, 01 Jun 2026 04:00:00 GMT' }, never)).toBe(300)
  })
  it('not all at the same moment', () => {
    expect(pauseBefore(0, { status: 0 }, () => 0.5)).toBe(375)
  })
})

describe('requests of the console', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('fetch', server.mockReset())
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })
  async function sent(request: Request): Promise<Response | unknown> {
    const result = patientFetch(request).catch((error: unknown) => error)
    await vi.runAllTimersAsync()
    return result
  }

  it('that read come again until somebody answers', async () => {
    server.mockRejectedValueOnce(new TypeError('Failed to fetch')).mockResolvedValueOnce(answer(502)).mockResolvedValue(answer(200))
    expect(await sent(new Request(url))).toMatchObject({ status: 200 })
    expect(server).toHaveBeenCalledTimes(3)
  })
  it('that carry a key come again with the same key and the same body', async () => {
    server.mockResolvedValueOnce(answer(503, { 'Retry-After': '1' })).mockResolvedValue(answer(200))
    await sent(new Request(url, { method: 'PUT', body: '{"on_hand":1}', headers: { 'Idempotency-Key': 'k' } }))
    const requests = server.mock.calls.map(([request]) => request)
    expect(requests.map((request) => request.headers.get('Idempotency-Key'))).toEqual(['k', 'k'])
    expect(await Promise.all(requests.map((request) => request.text()))).toEqual(['{"on_hand":1}', '{"on_hand":1}'])
  })
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('of another kind are sent once (%s)', async (method) => {
    server.mockResolvedValue(answer(503))
    expect(await sent(new Request(url, { method }))).toMatchObject({ status: 503 })
    server.mockRejectedValue(new TypeError('Failed to fetch'))
    expect(await sent(new Request(url, { method }))).toBeInstanceOf(TypeError)
    expect(server).toHaveBeenCalledTimes(2)
  })
  it('that nobody answers end as before, after three tries', async () => {
    server.mockRejectedValue(new TypeError('Failed to fetch'))
    expect(await sent(new Request(url))).toBeInstanceOf(TypeError)
    expect(server).toHaveBeenCalledTimes(3)
  })
  it('that we gave up ourselves stay given up', async () => {
    server.mockRejectedValue(new DOMException('gone', 'AbortError'))
    expect(await sent(new Request(url))).toBeInstanceOf(DOMException)
    expect(server).toHaveBeenCalledTimes(1)
  })
})
