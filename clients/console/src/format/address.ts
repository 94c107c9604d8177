interface Place {
  province: string
  city: string
  district: string
  detail: string
}

/** A place in one line; a city that is its own province (北京市) is said once. */
export function formatPlace({ province, city, district, detail }: Place): string {
  return [...new Set([province, city, district]), detail].filter(Boolean).join(' ')
}
