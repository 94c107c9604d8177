import { expect, it } from 'vitest'
import { useBusy } from '@/forms/useBusy'

it('does one thing at a time, and is free again when that fails', async () => {
  const { busy, alone } = useBusy()
  let begun = 0
  const failing = alone(async () => { begun += 1; throw new Error('words that cannot be said') })
  expect(busy.value).toBe(true)
  await alone(async () => void (begun += 1))
  await expect(failing).rejects.toThrow()
  expect([busy.value, begun]).toEqual([false, 1])
  await alone(async () => void (begun += 1))
  expect(begun).toBe(2)
})
