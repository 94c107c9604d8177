import { beforeEach, describe, expect, it, vi } from 'vitest'
import { admit, goBack, hereUrl, inShop, open, replace, urlOf } from '@/core/nav'
import { dropSession, keepSession } from '@/core/session'
import { fake } from './setup'

const user = { id: 'u', nickname: 'n', avatar: 'a01', phone_masked: null, has_wechat: false, created_at: '' }
beforeEach(() => {
  fake.went.length = 0
  vi.unstubAllGlobals()
  dropSession()
  vi.stubGlobal('getCurrentPages', () => [{ route: 'pages-order/list/index', options: { status: 'grouping' } }])
})

describe('an address that came with a link', () => {
  it.each(['//evil.example/x', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', ''])('leads nowhere else: %s', (url) => {
    expect(inShop(url)).toBe('')
  })
  it('leads to pages of the shop', () => {
    expect(inShop('/pages/group/index?id=1')).toBe('/pages/group/index?id=1')
  })
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

describe('many taps', () => {
  let home = {}
  let stack: object[] = []
  const back = vi.fn()
  beforeEach(() => {
    home = { route: 'pages/home/index' }
    stack = [home, { route: 'pages-goods/product/index' }]
    back.mockClear()
    vi.stubGlobal('getCurrentPages', () => stack)
    vi.stubGlobal('uni', { ...uni, navigateBack: back })
  })
  /** A framework that opens a page later; asked again meanwhile, it gives the first one up. */
  const slow = () => {
    const asked: { success?: () => void; fail?: () => void; complete?: () => void }[] = []
    const ask = (o: object) => void asked.push(o)
    vi.stubGlobal('uni', { ...uni, navigateTo: ask, redirectTo: (o: object) => { stack = stack.slice(0, -1); ask(o) }, navigateBack: back })
    return asked
  }

  it('open one page, and the one below stays where it is', () => {
    const asked = slow()
    for (let i = 0; i < 3; i++) open('checkout')
    expect(asked).toHaveLength(1)
    asked[0]!.success!()
    open('checkout')
    expect(asked).toHaveLength(2)
  })
  it('may be tried again where nothing could be opened', () => {
    const asked = slow()
    open('checkout')
    asked[0]!.fail!()
    asked[1]!.complete!()
    open('checkout')
    expect(asked).toHaveLength(3)
  })
  it('replace this page and not the one below too', () => {
    const asked = slow()
    for (let i = 0; i < 3; i++) replace(urlOf('group', { id: 'g' }))
    expect(asked).toHaveLength(1)
    asked[0]!.complete!()
  })
  it('go back one page, whose own way on is free', () => {
    goBack()
    goBack()
    expect(back).toHaveBeenCalledTimes(1)
    stack = [home]
    open('product', { id: 'p' })
    expect(fake.went).toEqual([urlOf('product', { id: 'p' })])
  })
})
