import { describe, expect, it, vi } from 'vitest'
import { hasher, zeroBits } from '../../packages/api/proof-of-work'
import { enter, Stopped, type Ticket, type Waiting } from '@/core/flash-turn'

class Refused extends Error {
  constructor(readonly code: string, readonly members: Record<string, unknown> = {}) { super(code) }
}
const ticket = (of: Partial<Ticket> = {}): Ticket => ({ ticket: 'q.1.0.ab', bits: 0, place: 0, wait_s: 0, drawn: false, ...of })

/** A device whose time passes while it sleeps; `clock` may run otherwise. */
function device(clock = (slept: number) => slept) {
  let slept = 0
  const naps: number[] = []
  const way: Partial<Waiting> = {
    now: () => clock(slept),
    sleep: (ms) => { naps.push(ms); slept += ms; return Promise.resolve() },
    random: () => 0,
    told: vi.fn(),
  }
  return { way, naps, slept: () => slept }
}

// feature: F49
describe('the way into a flash sale', () => {
  it('is open where nobody waits', async () => {
    const { way, naps } = device()
    const take = vi.fn(() => Promise.resolve('hold'))
    expect(await enter({ ask: () => Promise.resolve(ticket()), take }, way)).toBe('hold')
    expect(take).toHaveBeenCalledWith({ ticket: 'q.1.0.ab', proof: '0' })
    expect(naps).toEqual([])
  })

  it('is waited for, and the work is done for the ticket', async () => {
    const { way, slept } = device()
    const take = vi.fn((_: { ticket: string; proof: string }) => Promise.resolve(slept()))
    expect(await enter({ ask: () => Promise.resolve(ticket({ bits: 8, wait_s: 2.5, place: 7 })), take }, way)).toBe(2500)
    const { ticket: text, proof } = take.mock.calls[0]![0]
    expect(zeroBits(hasher(`${text}:`)(proof))).toBeGreaterThanOrEqual(8)
    expect(way.told).toHaveBeenCalledWith(expect.objectContaining({ place: 7, wait_s: 2.5 }))
  })

  it('is asked about again at half of a long wait, and the work is done once', async () => {
    const { way, slept } = device()
    const ask = vi.fn(() => Promise.resolve(ticket({ bits: 4, wait_s: (100_000 - slept()) / 1000 })))
    expect(await enter({ ask, take: () => Promise.resolve(slept()) }, way)).toBe(100_000)
    expect(ask).toHaveBeenCalledTimes(4)
  })

  it.each([
    ['was set back', (slept: number) => (slept > 1000 ? slept - 86_400_000 : slept), 5000],
    ['stands still', () => 0, 5000],
    ['was set forward, and is corrected by the server', (slept: number) => (slept > 1000 ? slept + 86_400_000 : slept), 5000],
  ])('is found in time by a device whose clock %s', async (_, clock, within) => {
    const { way, slept } = device(clock)
    const take = vi.fn(() => {
      const early = 5000 - slept()
      return early > 0 ? Promise.reject(new Refused('trade/ticket-early', { wait_s: early / 1000 })) : Promise.resolve('in')
    })
    expect(await enter({ ask: () => Promise.resolve(ticket({ wait_s: 5 })), take }, way)).toBe('in')
    expect(slept()).toBeLessThanOrEqual(within + 1000)
  })

  it('is sought again where the turn is past', async () => {
    const { way } = device()
    const tickets = [ticket({ ticket: 'q.1.0.old' }), ticket({ ticket: 'q.2.0.new', wait_s: 3 })]
    const take = vi.fn(({ ticket: shown }: { ticket: string }) =>
      shown === 'q.1.0.old' ? Promise.reject(new Refused('trade/ticket-invalid', { reason: 'over' })) : Promise.resolve(shown))
    expect(await enter({ ask: () => Promise.resolve(tickets.shift()!), take }, way)).toBe('q.2.0.new')
  })

  it.each(['trade/flash-sold-out', 'trade/flash-limit', 'trade/flash-sale-ended', 'client/offline'])('ends with %s', async (code) => {
    const { way, naps } = device()
    const take = vi.fn(() => Promise.reject(new Refused(code)))
    await expect(enter({ ask: () => Promise.resolve(ticket()), take }, way)).rejects.toThrow(code)
    expect(take).toHaveBeenCalledTimes(1)
    expect(naps).toEqual([])
  })

  it('is tried again where the server is too busy, not for ever', async () => {
    const { way, slept } = device()
    const busy = new Refused('platform/overloaded', { retry_after_s: 2 })
    const ask = vi.fn<() => Promise<Ticket>>().mockRejectedValueOnce(busy).mockRejectedValueOnce(busy).mockResolvedValue(ticket())
    expect(await enter({ ask, take: () => Promise.resolve('in') }, way)).toBe('in')
    expect(slept()).toBe(4000)
    await expect(enter({ ask: () => Promise.reject(busy), take: () => Promise.resolve('in') }, device().way)).rejects.toBe(busy)
  })

  it('does not send anybody round for ever', async () => {
    const take = vi.fn(() => Promise.reject(new Refused('trade/ticket-invalid', { reason: 'not_for_this' })))
    await expect(enter({ ask: () => Promise.resolve(ticket()), take }, device().way)).rejects.toThrow('trade/ticket-invalid')
    expect(take.mock.calls.length).toBeLessThan(30)
  })

  it('is given up when the page is left, in the middle of the work too', async () => {
    const { way, slept } = device()
    const take = vi.fn(() => Promise.resolve('in'))
    const leaving = { ...way, stopped: () => slept() >= 2000 }
    await expect(enter({ ask: () => Promise.resolve(ticket({ wait_s: 10 })), take }, leaving)).rejects.toThrow(Stopped)
    await expect(enter({ ask: () => Promise.resolve(ticket({ bits: 200 })), take }, { ...way, stopped: () => true })).rejects.toThrow(Stopped)
    expect(take).not.toHaveBeenCalled()
  })
})
