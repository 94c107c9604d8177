import { reactive, ref } from 'vue'
import { addAddress, deleteAddress, listAddresses, putAddress } from '@/core/api/accounts'
import type { Address, AddressInput } from '@/core/contract'
import { asProblem } from '@/core/http'
import { t } from '@/core/i18n'
import { PROVINCES } from '@/core/provinces'

export type AddressField = 'name' | 'phone' | 'province' | 'city' | 'district' | 'detail'
const CHANGED = 'accounts/address-changed'
const FIELDS: AddressField[] = ['name', 'phone', 'province', 'city', 'detail']
const PHONE = /^(1\d{10}|\+?86-?1\d{10}|\+?886-?0?9\d{8}|\+?85[23]-?\d{8})$/

/** The first thing missing or wrong in an address, as a sentence; empty when it is complete. */
export function addressFault(a: AddressInput): string {
  const missing = FIELDS.find((f) => !a[f].trim())
  if (missing) return t('address.need', { field: t(`address.${missing}`) })
  return PHONE.test(a.phone.replace(/\s/g, '')) ? '' : t('address.badPhone')
}

/** WeChat and people write provinces in several ways (广东省, 廣東, Guangdong): find the code by its name's stem. */
export function provinceCode(name: string, names: (code: string) => string[]): string {
  const stem = (s: string) => s.replace(/(省|市|自治[区區]|特[别別]行政[区區]|壮族|壯族|回族|维吾尔|維吾爾)/g, '').toLowerCase()
  return PROVINCES.find((code) => names(code).some((n) => stem(n) === stem(name))) ?? ''
}

export function useAddress() {
  const id = ref('')
  /** The one that the form shows; the server refuses to replace any other. */
  let version = 1
  const form = reactive<AddressInput>({ name: '', phone: '', province_code: '', province: '', city: '', district: '', detail: '', is_default: false })

  async function load(wanted: string): Promise<void> {
    id.value = wanted
    const found = (await listAddresses()).items.find((a) => a.id === wanted)
    if (!found) return
    show(found)
  }
  function show(found: Address): void {
    const { id: _id, version: read, ...rest } = found
    version = read
    Object.assign(form, rest)
  }
  function chooseProvince(code: string): void {
    form.province_code = code
    form.province = t(`province.${code}`)
  }
  /** Null when the address was changed elsewhere and the shopper took that one: it is in the form, not saved. */
  async function save(keepMine: (theirs: Address) => Promise<boolean>): Promise<Address | null> {
    const body = { ...form, phone: form.phone.replace(/[\s-]/g, '') }
    if (!id.value) return addAddress(body)
    try {
      return await putAddress(id.value, { ...body, version })
    } catch (e) {
      const theirs = asProblem(e).code === CHANGED ? (await listAddresses()).items.find((a) => a.id === id.value) : undefined
      if (!theirs) throw e
      if (!(await keepMine(theirs))) {
        show(theirs)
        return null
      }
      version = theirs.version
      return save(keepMine)
    }
  }
  const remove = () => deleteAddress(id.value)
  return { id, form, load, chooseProvince, save, remove }
}
