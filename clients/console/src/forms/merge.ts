/**
 * Two people at one document. It is taken apart into named fields, so that what both changed can be told from what
 * only one of them did. Values are plain data; a field that is not there has the value undefined.
 */
export type Fields = Record<string, unknown>
export type Side = 'mine' | 'theirs'

export interface Comparison {
  /** Fields that only the others changed: theirs are taken. */
  taken: string[]
  /** Fields that both changed, each in their own way: somebody has to choose. */
  clashes: string[]
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
const partsOf = (field: string, all: string[]): string[] => all.filter((each) => each.startsWith(`${field}/`))

/** What was read, what I made of it, and what stands there now. `a/b` is a part of `a` and comes and goes with it. */
export function compare(base: Fields, mine: Fields, theirs: Fields): Comparison {
  const all = [...new Set([...Object.keys(theirs), ...Object.keys(base), ...Object.keys(mine)])]
  // Wholes that are there on one side only: their parts are not spoken of one by one.
  const lone = all.filter((field) => (mine[field] === undefined) !== (theirs[field] === undefined) && partsOf(field, all).length > 0)
  const inLone = new Set(lone.flatMap((field) => partsOf(field, all)))
  const changedBy = (side: Fields, field: string): boolean => [field, ...partsOf(field, all)].some((each) => !same(base[each], side[each]))
  const changed = all.filter((field) => !inLone.has(field) && !same(mine[field], theirs[field]) && changedBy(theirs, field))
  const clashes = changed.filter((field) => changedBy(mine, field))
  return { taken: changed.filter((field) => !clashes.includes(field)), clashes }
}

/** Both together: what only one side changed, and where both did, the side that was chosen (mine unless said). */
export function merge(base: Fields, mine: Fields, theirs: Fields, chosen: Record<string, Side>): Fields {
  const { taken, clashes } = compare(base, mine, theirs)
  const result = { ...mine }
  const all = [...new Set([...Object.keys(theirs), ...Object.keys(mine)])]
  for (const field of [...taken, ...clashes.filter((each) => chosen[each] === 'theirs')]) {
    const lone = (mine[field] === undefined) !== (theirs[field] === undefined)
    for (const each of lone ? [field, ...partsOf(field, all)] : [field]) {
      if (theirs[each] === undefined) delete result[each]
      else result[each] = theirs[each]
    }
  }
  return result
}
