import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { createRouter, createMemoryHistory, RouterView, useRouter } from 'vue-router'
import { useScrollMemory } from './scroll'

/** How far the frame can be scrolled: the page is short until its list is there. */
let room = 0
const rows = ref(0)
const empty = { render: () => null }
const list = { render: () => h('ul', Array.from({ length: rows.value }, (_, row) => h('li', row))) }

const Shell = defineComponent(() => {
  const frame = ref<HTMLElement | null>(null)
  useScrollMemory(frame, useRouter())
  return () => h('main', { ref: frame }, h(RouterView))
})

async function shell() {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: empty }, { path: '/list', component: list }, { path: '/one', component: empty }] })
  await router.push('/list')
  const wrapper = mount(Shell, { global: { plugins: [router] }, attachTo: document.body })
  const frame = wrapper.element as HTMLElement
  let top = 0
  Object.defineProperty(frame, 'scrollTop', { get: () => Math.min(top, room), set: (wanted: number) => (top = Math.min(wanted, room)) })
  const goes = async (move: () => unknown) => {
    await move()
    await flushPromises()
  }
  const answered = async (height: number) => {
    room = height
    rows.value += 1
    await flushPromises()
    await new Promise((resolve) => setTimeout(resolve)) // observers are told a turn later
  }
  return { router, frame, goes, answered, wrapper }
}

let open: Awaited<ReturnType<typeof shell>>
async function readDownAndLeave() {
  open = await shell()
  await open.answered(2_000)
  open.frame.scrollTop = 900
  await open.goes(() => open.router.push('/one'))
  room = 0
}
afterEach(() => open.wrapper.unmount())

describe('a list that one comes back to', () => {
  it('is where it was, once its rows are there', async () => {
    await readDownAndLeave()
    await open.goes(() => open.router.back())
    expect(open.frame.scrollTop).toBe(0)
    await open.answered(400)
    await open.answered(2_000)
    expect(open.frame.scrollTop).toBe(900)
  })

  it('stays where the reader has moved it meanwhile', async () => {
    await readDownAndLeave()
    await open.goes(() => open.router.back())
    open.frame.dispatchEvent(new Event('wheel'))
    await open.answered(2_000)
    expect(open.frame.scrollTop).toBe(0)
  })

  it('begins at the top for who comes by a link', async () => {
    await readDownAndLeave()
    await open.goes(() => open.router.push('/list'))
    await open.answered(2_000)
    expect(open.frame.scrollTop).toBe(0)
  })
})
