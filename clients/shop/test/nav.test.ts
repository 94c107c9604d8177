import { beforeEach, describe, expect, it, vi } from 'vitest'
import { admit, hereUrl, urlOf } from '@/core/nav'
import { dropSession, keepSession } from '@/core/session'
import { fake } from './setup'

const user = { id: 'u', nickname: 'n', avatar: 'a01', phone_masked: null, has_wechat: false, created_at: '' }
beforeEach(() => {
  fake.went.length = 0
  dropSession()
  vi.stubGlobal('getCurrentPages', () => [{ route: 'pages-order/list/index', options: { status: 'grouping' } }])
})

describe('pages for signed-in shoppers', () => {
  it('ask for sign-in once, then lead out instead of asking in a loop', () => {
    expect(hereUrl()).toBe('/pages-order/list/index?status=grouping')
    expect(admit()).toBe(false)
    expect(fake.went).toEqual([urlOf('signIn', { back: '/pages-order/list/index?status=grouping' })])
    expect(admit()).toBe(false)
    expect(fake.went[1]).toBe('/pages/home/index')
    expect(admit()).toBe(false)
    expect(fake.went[2]).toContain('sign-in')
  })
  it('let a signed-in shopper in', () => {
    keepSession({ token: 'x', expires_at: '', device: 'd', user })
    expect(admit()).toBe(true)
    expect(fake.went).toEqual([])
  })
})
