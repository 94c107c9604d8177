import { ref, type Ref } from 'vue'

/** One thing at a time: `busy` while it runs and free again however it ends; what is asked for meanwhile is passed over. */
export function useBusy(): { busy: Readonly<Ref<boolean>>; alone: (act: () => Promise<unknown>) => Promise<void> } {
  const busy = ref(false)
  async function alone(act: () => Promise<unknown>): Promise<void> {
    if (busy.value) return
    busy.value = true
    try {
      await act()
    } finally {
      busy.value = false
    }
  }
  return { busy, alone }
}
