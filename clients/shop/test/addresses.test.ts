import { beforeEach, describe, expect, it } from 'vitest'
import pages from '@/pages.json'
import { addressOf, pageAt } from '@/core/addresses'
import { createWebHistory } from '@/core/history'
import { urlOf } from '@/core/nav'
import { ADDRESSES, PATHS, type PageName } from '@/core/pages'

const ID = '0190a0a0-0000-7000-8000-000000000000'
const NAMES = Object.keys(PATHS) as PageName[]

describe('the address of a page', () => {
  it.each(NAMES)('leads back to the page: %s', (name) => {
    for (const query of [{ id: ID }, { id: ID, do: 'join', q: 'a/b&c=d ü?' }]) {
      expect(pageAt(addressOf(urlOf(name, query)))).toBe(name === 'lost' ? urlOf('lost', { at: '/lost?' + urlOf('lost', query).split('?')[1] }) : urlOf(name, query).replace(PATHS.home, '/'))
    }
  })
  it('is told for every page there is', () => {
    const all = [...pages.pages.map((p) => p.path), ...pages.subPackages.flatMap((s) => s.pages.map((p) => `${s.root}/${p.path}`))]
    expect(Object.values(PATHS).map((path) => path.slice(1)).sort()).toEqual(all.sort())
    expect(new Set(Object.values(ADDRESSES)).size).toBe(NAMES.length)
  })
  it('is short', () => {
    expect(addressOf(urlOf('group', { id: ID, do: 'join' }))).toBe(`/group/${ID}?do=join`)
    expect(addressOf(urlOf('result', { id: ID }))).toBe(`/orders/${ID}/result`)
    expect(addressOf(PATHS.home)).toBe('/')
  })
  it('names the way back by its address too', () => {
    const page = urlOf('signIn', { back: urlOf('group', { id: ID, do: 'join' }) })
    expect(addressOf(page)).toBe(`/sign-in?back=${encodeURIComponent(`/group/${ID}?do=join`)}`)
    expect(pageAt(addressOf(page))).toBe(page)
  })
  it('of a page without what it is made of is the page itself', () => {
    expect(addressOf(PATHS.group)).toBe(PATHS.group)
    expect(pageAt(PATHS.group)).toBe(PATHS.group)
    expect(addressOf(urlOf('group', { id: '' }))).toBe(PATHS.group)
  })
})

describe('what is no address of the shop', () => {
  it.each(['/nowhere', '/group', '/group/1/2', '/orders/1/nothing', '/lost', '//elsewhere.example/x?y=z', '/%zz'])('says so, and stays as it was typed: %s', (typed) => {
    expect(pageAt(typed)).toBe(`${PATHS.lost}?at=${encodeURIComponent(typed)}`)
    expect(addressOf(pageAt(typed))).toBe(typed)
  })
  it.each(['.elsewhere.example/x', 'https://elsewhere.example', '@elsewhere.example'])('never becomes a part of the host: %s', (hostile) => {
    expect(addressOf(pageAt(hostile))).toBe(`/${hostile}`)
    expect(addressOf(`${PATHS.lost}?at=${encodeURIComponent(hostile)}`)).toMatch(/^\/lost\?/)
  })
  it('forgives a slash at the end', () => {
    expect(pageAt('/orders/')).toBe(PATHS.orders)
  })
})

describe('the history', () => {
  const at = () => location.pathname + location.search + location.hash
  beforeEach(() => history.replaceState(null, '', '/'))
  it('shows addresses, and speaks of pages', () => {
    const router = createWebHistory()
    router.push(urlOf('product', { id: ID }))
    expect(at()).toBe(`/product/${ID}`)
    expect(router.location).toBe(urlOf('product', { id: ID }))
    router.replace(urlOf('orders', { status: 'shipped' }))
    expect(at()).toBe('/orders?status=shipped')
    // as the framework's router writes what `urlOf` has encoded already
    const back = encodeURIComponent(encodeURIComponent(urlOf('orders', { status: 'shipped' })))
    router.push(`${PATHS.signIn}?back=${back}`)
    expect(at()).toBe(`/sign-in?back=${encodeURIComponent('/orders?status=shipped')}`)
    expect(router.location).toBe(`${PATHS.signIn}?back=${back}`)
    expect(router.createHref(PATHS.inbox)).toBe('/inbox')
    router.destroy()
  })
  it.each([
    [`/#${PATHS.group}?id=${ID}`, `/group/${ID}`],
    [`/?from=singlemessage&isappinstalled=0#${PATHS.group}?id=${ID}&do=join`, `/group/${ID}?do=join`],
    ['/#/', '/'],
    [`/#${PATHS.result}?id=${ID}`, `/orders/${ID}/result`],
  ])('follows links from before: %s', (old, short) => {
    history.replaceState(null, '', old)
    const router = createWebHistory()
    expect(at()).toBe(short)
    expect(router.location).toBe(pageAt(short))
    router.destroy()
  })
  it.each(['/#//elsewhere.example/x', '/#/\\elsewhere.example/x'])('follows none to another host: %s', (old) => {
    history.replaceState(null, '', old)
    const router = createWebHistory()
    expect(at()).toBe('//elsewhere.example/x')
    expect(router.location.split('?')[0]).toBe(PATHS.lost)
    router.destroy()
  })
})
