import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { asked, chooseAction, confirmAction } from '@/components/confirm'
import ConfirmHost from '@/components/ConfirmHost.vue'

const SOURCE = join(import.meta.dirname, '../src')
const QUESTION = { title: 'Stop it?', text: 'Groups end.', act: 'Stop', keep: 'Cancel' }
let host: ReturnType<typeof mount>

beforeEach(() => {
  HTMLDialogElement.prototype.showModal ??= vi.fn()
  host = mount(ConfirmHost, { attachTo: document.body })
})
afterEach(() => {
  asked.value?.answer(null)
  host.unmount()
})

/** What a browser does for Enter: it presses the button that has the focus. */
const enter = (): void => (document.activeElement as HTMLButtonElement).click()

describe('a question before something that cannot be taken back', () => {
  it('is not answered with yes by Enter', async () => {
    const answer = confirmAction(QUESTION)
    await nextTick()
    await nextTick()
    expect(document.activeElement?.textContent).toBe('Cancel')
    enter()
    expect(await answer).toBe(false)
  })

  it('is answered with yes by its own button', async () => {
    const answer = confirmAction(QUESTION)
    await nextTick()
    await host.get('[data-test="confirm-act"]').trigger('click')
    expect(await answer).toBe(true)
  })

  it('is answered alone by Esc: what is open under it hears nothing and stays', async () => {
    const under = vi.fn()
    document.addEventListener('keydown', under)
    const answer = confirmAction(QUESTION)
    await nextTick()
    await nextTick()
    document.activeElement!.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
    document.removeEventListener('keydown', under)
    expect(under).not.toHaveBeenCalled()
    await host.get('dialog').trigger('cancel') // what a browser makes of it
    expect(await answer).toBe(false)
  })

  it('is not answered by a key that is still held down, nor left open where a browser closed it', async () => {
    const answer = confirmAction(QUESTION)
    await nextTick()
    await nextTick()
    const held = new KeyboardEvent('keydown', { key: 'Escape', repeat: true, bubbles: true, cancelable: true })
    document.activeElement!.dispatchEvent(held)
    expect(held.defaultPrevented).toBe(true)
    const again = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true })
    document.activeElement!.dispatchEvent(again)
    expect(again.defaultPrevented).toBe(false)
    host.get('dialog').element.close()
    expect(await answer).toBe(false)
  })

  it('with several answers gives the one that was pressed, and none for Enter', async () => {
    const choice = { title: 'Leave?', text: '', acts: ['Go on', 'End'], keep: 'Cancel' }
    const first = chooseAction(choice)
    await nextTick()
    await host.get('[data-test="confirm-act-0"]').trigger('click')
    expect(await first).toBe(0)
    const second = chooseAction(choice)
    await nextTick()
    await nextTick()
    enter()
    expect(await second).toBeNull()
  })
})

describe('everybody who asks', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((path) => /(?<!\.test)\.(vue|ts)$/.test(path))
  const code = (path: string): string => readFileSync(join(SOURCE, path), 'utf8')

  it('asks in the one dialog: nobody brings one whose Enter agrees', () => {
    const others = /ElMessageBox|window\.confirm|\bconfirm\('|el-popconfirm/
    expect(files.filter((path) => others.test(code(path)))).toEqual([])
  })

  it('asks before what ends, stops, sets aside or leaves', () => {
    const users = files.filter((path) => /\b(confirmAction|chooseAction)\(/.test(code(path)) && !path.endsWith('confirm.ts'))
    expect(users.sort()).toEqual([
      'forms/useUnsaved.ts', 'sections/background/StuckWork.vue', 'sections/campaigns/useStopCampaign.ts', 'sections/flash-sales/useStopSale.ts',
      'sections/orders/ShipDialog.vue', 'sections/products/useShelfQuestions.ts', 'sections/staff/FirstPassword.vue', 'sections/staff/StaffList.vue',
    ])
  })
})
