/** What people mean by what they typed or pasted. */

// zero-width and direction marks: phones put them around numbers that are copied
const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g
export const seen = (text: string): string => text.replace(UNSEEN, '').trim()

/** A number's signs alone: full-width ones as plain ones, without the gaps and brackets that people put in. */
export const digits = (text: string): string => seen(text.normalize('NFKC')).replace(/[\s().\u00b7\u2010-\u2015\u2212-]/g, '')
