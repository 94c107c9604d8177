import type shared from '@/locales/zh-Hant.json'

/** The keys of a catalogue, whole: "order.status.shipped". */
export type KeysOf<Tree, Before extends string = ''> = {
  [Key in keyof Tree & string]: Tree[Key] extends string ? `${Before}${Key}` : KeysOf<Tree[Key], `${Before}${Key}.`>
}[keyof Tree & string]

export type SharedKey = KeysOf<typeof shared>

/** Looks a text up; the key is checked by the compiler, also where it is put together from parts that are known. */
export type Translate<Key extends string> = (key: Key, values?: Record<string, unknown> | number, plural?: number) => string
