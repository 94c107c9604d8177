import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { t } from '@/core/i18n'
import CategoryPage from '@/pages/category/index.vue'
import HomePage from '@/pages/home/index.vue'
import { fake } from './setup'

const categories = { items: ['fruit', 'tea', 'toys'].map((slug) => ({ slug, name: { en: slug }, icon_url: null })) }
/** Parts of the server that are out of order. */
let broken: RegExp[] = []
const listings = () => fake.requests.filter((r) => r.url.includes('/listings')).map((r) => /category=(\w+)/.exec(r.url)?.[1] ?? '')

async function show(page: object) {
  const shown = mount(page)
  fake.hooks.get('onLoad')!.forEach((f) => f({}))
  await flushPromises()
  return shown
}
beforeEach(() => {
  fake.hooks.clear()
  fake.requests.length = 0
  broken = []
  fake.answer = ({ url }) => {
    if (broken.some((part) => part.test(url))) return { statusCode: /q=x{200}/.test(url) ? 422 : 500, data: {} }
    return { statusCode: 200, data: url.includes('/categories') ? categories : { items: [], next_cursor: null } }
  }
})

describe('categories', () => {
  it('say when they cannot be had, instead of showing everything, and come whole on the second try', async () => {
    broken = [/categories/]
    const page = await show(CategoryPage)
    expect(page.find('.t-failure').exists()).toBe(true)
    expect(listings()).toEqual([])
    broken = []
    await page.find('.t-empty-action button').trigger('click')
    await flushPromises()
    expect(page.findAll('.t-category')).toHaveLength(3)
    expect(listings()).toEqual(['fruit'])
  })
  it('stay where the shopper was when a list is asked for again', async () => {
    const page = await show(CategoryPage)
    broken = [/listings/]
    await page.findAll('.t-category')[2]!.trigger('click')
    await flushPromises()
    broken = []
    await page.find('.t-empty-action button').trigger('click')
    await flushPromises()
    expect(listings()).toEqual(['fruit', 'toys', 'toys'])
  })
})

describe('search', () => {
  it('for more than can be asked finds nothing, and leads back to everything', async () => {
    const page = await show(HomePage)
    broken = [/q=x{200}/]
    page.find('input').element.dispatchEvent(new CustomEvent('input', { detail: { value: 'x'.repeat(3000) } }))
    await page.find('input').trigger('confirm')
    await flushPromises()
    expect(page.text()).toContain(t('home.noMatch'))
    await page.find('.t-empty-action button').trigger('click')
    await flushPromises()
    expect(fake.requests.at(-1)!.url).not.toContain('q=')
  })
})
