import { computed, nextTick, onMounted, reactive, ref } from 'vue'
import { useRoute, useRouter, type RouteLocationRaw } from 'vue-router'
import { ElMessage } from 'element-plus'
import { ApiProblem } from '@/api/problems'
import type { Product } from '@/api/types'
import { provideFaults } from '@/forms/faults'
import { useBusy } from '@/forms/useBusy'
import { useDraft } from '@/forms/useDraft'
import { cut } from '@/format/cut'
import { useWords } from '@/i18n/useWords'
import { serverNow } from '@/live/serverClock'

const LONGEST_NAME = 60

/** What the form of one kind of activity does in its own way. */
export interface Own<D> {
  /** What is wrong with it, by field and in words. */
  issues: (draft: D) => readonly { field: string; words: string }[]
  /** Makes it. `key` is the same as long as nothing is made: who does not know whether it arrived sends it again. */
  make: (draft: D, key: string) => Promise<{ said: string; to: RouteLocationRaw }>
  /** Why it was refused, as a whole and by field. */
  refusal: (problem: ApiProblem, draft: D) => { words: string; fields: Record<string, string> }
}

/** The form of an activity: kept while it is typed, of the product that it was opened for, named at its fields where it is wrong. */
export function useActivityForm<D extends { product: Product | null; name: string }>(form: string, fresh: (nowMs: number) => D, own: Own<D>) {
  const { text } = useWords()
  const route = useRoute()
  const router = useRouter()
  const draft = reactive(fresh(serverNow())) as D
  const key = crypto.randomUUID()
  const tried = ref(false)
  const { busy: saving, alone } = useBusy()
  const faults = provideFaults()
  const refused = ref<Record<string, string>>({})
  const refusal = ref('')
  const kept = useDraft<D>(form, () => draft, faults)
  const { restored } = kept
  const earlier = kept.kept()
  if (earlier) {
    Object.assign(draft, earlier)
    restored.value = true
  }
  /** The product that this page was opened for; it waits while a form of an earlier visit is shown. */
  const wanted = typeof route.query.product_id === 'string' ? route.query.product_id : undefined
  const preset = ref(earlier ? undefined : wanted)
  // Numbers fields settle what they show once they stand; only then is the form what it was made of.
  onMounted(() => kept.begin(earlier ? fresh(serverNow()) : undefined))

  /** Counts up to draw the fields anew: one that holds no readable number shows what was typed, whatever the draft says. */
  const round = ref(0)
  function discard(): void {
    Object.assign(draft, fresh(serverNow()))
    preset.value = wanted
    round.value += 1
    kept.done()
    kept.begin()
  }
  async function takePreset(): Promise<void> {
    await nextTick()
    kept.begin()
  }
  function nameAfterProduct(): void {
    if (!draft.name && draft.product) draft.name = cut(text(draft.product.name), LONGEST_NAME)
  }

  const issues = computed(() => own.issues(draft))
  const errors = computed<Record<string, string>>(() => {
    const mine = tried.value ? issues.value.map((each) => [each.field, each.words]) : []
    return { ...refused.value, ...Object.fromEntries(mine), ...faults.words.value }
  })
  const toMend = computed(() => new Set([...issues.value.map((each) => each.field), ...Object.keys(faults.words.value)]).size)

  async function showFirstError(): Promise<void> {
    await nextTick()
    document.querySelector('.is-error, .form [role=alert], .form .danger')?.scrollIntoView({ block: 'center', behavior: 'smooth' })
  }
  async function save(): Promise<void> {
    tried.value = true
    refused.value = {}
    refusal.value = ''
    if (issues.value.length || faults.any.value) return showFirstError()
    await alone(async () => {
      try {
        const { said, to } = await own.make(draft, key)
        kept.done()
        ElMessage.success(said)
        await router.push(to)
      } catch (error) {
        const { words, fields } = own.refusal(ApiProblem.from(error), draft)
        refusal.value = words
        refused.value = fields
        await showFirstError()
      }
    })
  }
  const failed = (words: string): void => void (refusal.value = words)
  return { draft, errors, toMend, tried, refusal, saving, restored, preset, round, discard, takePreset, nameAfterProduct, failed, save }
}
export type ActivityForm = Omit<ReturnType<typeof useActivityForm<{ product: Product | null; name: string }>>, 'draft'> & { draft: { product: Product | null; name: string } }
