import { computed, reactive, ref } from 'vue'
import { addAddress, deleteAddress, listAddresses, putAddress } from '@/core/api/accounts'
import type { Address, AddressInput } from '@/core/contract'
import { useDraft } from '@/core/draft'
import { ApiProblem, asProblem } from '@/core/http'
import { t } from '@/core/i18n'
import { PROVINCES } from '@/core/provinces'
import { digits, seen } from '@/core/typed'

export type AddressField = 'name' | 'phone' | 'province' | 'city' | 'district' | 'detail'
const CHANGED = 'accounts/address-changed'
const NEEDED: AddressField[] = ['name', 'phone', 'province', 'city', 'detail']
/** Characters that fit, as the server counts them. */
export const MOST: Record<AddressField, number> = { name: 40, phone: 20, province: 40, city: 40, district: 40, detail: 120 }
const PHONE = /^(1\d{10}|\+?861\d{10}|\+?8860?9\d{8}|\+?85[23]\d{8})$/
const phoneOf = (a: AddressInput): string => digits(a.phone)

export type Faults = Partial<Record<AddressField, string>>
/** What is missing or wrong in an address: a sentence for each field, in the order of the form. */
export function addressFaults(a: AddressInput): Faults {
  const faults: Faults = {}
  for (const f of NEEDED) if (!seen(a[f])) faults[f] = t('address.need', { field: t(`address.${f}`) })
  if (!faults.phone && !PHONE.test(phoneOf(a))) faults.phone = t('address.badPhone')
  for (const f of Object.keys(MOST) as AddressField[]) if (f !== 'phone' && [...a[f]].length > MOST[f]) faults[f] = t('ui.tooLong', { n: MOST[f] })
  return faults
}

/** WeChat and people write provinces in several ways (广东省, 廣東, Guangdong): find the code by its name's stem. */
export function provinceCode(name: string, names: (code: string) => string[]): string {
  const stem = (s: string) => s.replace(/(省|市|自治[区區]|特[别別]行政[区區]|壮族|壯族|回族|维吾尔|維吾爾)/g, '').toLowerCase()
  return PROVINCES.find((code) => names(code).some((n) => stem(n) === stem(name))) ?? ''
}

const empty = (): AddressInput => ({ name: '', phone: '', province_code: '', province: '', city: '', district: '', detail: '', is_default: false })

export function useAddress() {
  const id = ref('')
  /** With the version that it was made of, also in a draft: the server refuses to replace any other. */
  const form = reactive<AddressInput & { version: number }>({ ...empty(), version: 1 })
  const saved = ref(JSON.stringify(form))
  const draft = useDraft(form)
  const dirty = computed(() => JSON.stringify(form) !== saved.value)

  function show(found: Address): void {
    const { id: _id, ...rest } = found
    Object.assign(form, rest)
    saved.value = JSON.stringify(form)
  }
  /**
   * Read what is to be edited (nothing for a new address); true when earlier typing was taken up again. Throws
   * `accounts/address-not-found` where it is gone: what was meant to be edited never becomes another one.
   */
  async function load(wanted: string): Promise<boolean> {
    draft.rest()
    if (wanted) {
      const found = (await listAddresses()).items.find((a) => a.id === wanted)
      if (!found) throw new ApiProblem('accounts/address-not-found', 404)
      id.value = found.id
      show(found)
    } else {
      Object.assign(form, empty())
      saved.value = JSON.stringify(form)
    }
    return draft.start(`address.${wanted || 'new'}`)
  }
  function chooseProvince(code: string): void {
    form.province_code = code
    form.province = t(`province.${code}`)
  }
  function forget(): void {
    draft.drop()
    saved.value = JSON.stringify(form)
  }
  /** Null when the address was changed elsewhere and the shopper took that one: it is in the form, not saved. */
  async function save(keepMine: (theirs: Address) => Promise<boolean>): Promise<Address | null> {
    const { version, ...typed } = form
    const body = { ...typed, phone: phoneOf(form) }
    for (const f of ['name', 'city', 'district', 'detail'] as const) body[f] = seen(form[f])
    try {
      const answer = await (id.value ? putAddress(id.value, { ...body, version }) : addAddress(body))
      forget()
      return answer
    } catch (e) {
      const theirs = asProblem(e).code === CHANGED ? (await listAddresses()).items.find((a) => a.id === id.value) : undefined
      if (!theirs) throw e
      if (!(await keepMine(theirs))) {
        show(theirs)
        return null
      }
      form.version = theirs.version
      return save(keepMine)
    }
  }
  async function remove(): Promise<void> {
    await deleteAddress(id.value).catch((e) => {
      if (asProblem(e).status !== 404) throw e // it is gone: also when only the answer got lost, or by another phone
    })
    forget()
  }
  return { id, form, dirty, load, chooseProvince, save, remove, forget }
}
