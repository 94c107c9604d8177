import { beforeEach, expect, it, vi } from 'vitest'
import { keepSession } from '@/core/session'
import { useAddress } from '@/pages-user/address/use-address'
import { fake } from './setup'

const STORED = { id: 'a1', name: '林小滿', phone: '13900001111', province_code: '440000', province: '廣東省', city: '深圳市', district: '南山區', detail: '1 樓', is_default: true, version: 1 }
let stored = STORED

/** A server with one address; it refuses a version that is not the stored one. */
function answer(r: { method: string; data?: unknown }): { statusCode: number; data: unknown } {
  if (r.method === 'DELETE') return { statusCode: 404, data: { code: 'accounts/address-not-found' } }
  if (r.method === 'GET') return { statusCode: 200, data: { items: [stored] } }
  const body = r.data as typeof STORED
  if (body.version !== stored.version) return { statusCode: 409, data: { code: 'accounts/address-changed', version: stored.version } }
  stored = { ...stored, ...body, version: stored.version + 1 }
  return { statusCode: 200, data: stored }
}
beforeEach(() => { stored = STORED; fake.answer = answer })

async function openedBeforeAnotherPhone() {
  const a = useAddress()
  await a.load('a1')
  stored = { ...STORED, detail: '2 樓', version: 2 }
  a.form.detail = '3 樓'
  return a
}

it('is never turned into another address when it is gone', async () => {
  await expect(useAddress().load('a2')).rejects.toMatchObject({ code: 'accounts/address-not-found', status: 404 })
})

it('is deleted also where that was done before, and only the answer got lost', async () => {
  const a = useAddress()
  await a.load('a1')
  await a.remove()
  expect(a.dirty.value).toBe(false)
})

it('is a new form for whoever signs in after the one who typed', async () => {
  const sign = (id: string) => keepSession({ token: id, expires_at: '', device: 'd', user: { id, nickname: 'n', avatar: 'a01', phone_masked: null, has_wechat: false, created_at: '' } })
  sign('u1')
  const a = useAddress()
  await a.load('')
  a.form.name = '甲'
  sign('u2')
  expect(await a.load('')).toBe(false)
  expect([a.form.name, a.dirty.value]).toEqual(['', false])
  sign('u1')
  expect(await a.load('')).toBe(true)
  expect(a.form.name).toBe('甲')
  a.forget()
})

it('asks before it replaces what another phone wrote, and keeps what was typed when told to', async () => {
  const a = await openedBeforeAnotherPhone()
  const keepMine = vi.fn(() => Promise.resolve(true))
  expect((await a.save(keepMine))?.detail).toBe('3 樓')
  expect(keepMine).toHaveBeenCalledWith(expect.objectContaining({ detail: '2 樓' }))
  expect(stored.version).toBe(3)
})

it('shows the other one when that is taken, and saves nothing', async () => {
  const a = await openedBeforeAnotherPhone()
  expect(await a.save(() => Promise.resolve(false))).toBeNull()
  expect([a.form.detail, stored.version]).toEqual(['2 樓', 2])
  expect((await a.save(() => Promise.reject(new Error('not asked again'))))?.version).toBe(3)
})

it('asks as well when what was typed was kept and the other phone wrote meanwhile', async () => {
  const before = await openedBeforeAnotherPhone()
  expect(before.form.detail).toBe('3 樓')
  const later = useAddress()
  expect(await later.load('a1')).toBe(true)
  const keepMine = vi.fn(() => Promise.resolve(true))
  expect((await later.save(keepMine))?.detail).toBe('3 樓')
  expect(keepMine).toHaveBeenCalledWith(expect.objectContaining({ detail: '2 樓' }))
})
