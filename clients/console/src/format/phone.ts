/** "+8613800138000" → "138 0013 8000", also masked; numbers of other places keep their country code. */
export function formatPhone(phone: string): string {
  const mainland = /^(?:\+86)?(1\d{2})(\d{4}|\*{4})(\d{4})$/.exec(phone)
  return mainland ? mainland.slice(1).join(' ') : phone
}
