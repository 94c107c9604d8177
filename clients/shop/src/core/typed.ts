/** What people mean by what they typed or pasted. */

// zero-width and direction marks: phones put them around numbers that are copied; joiners hold emoji together
const UNSEEN = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g
const BREAKS = /[\t\v\f\r\n\u0085\u2028\u2029]+/g
const CONTROLS = /[^\u0020-\u007e\u00a0-\uffff]/g
/** One line, as a reader sees it: what other programs break lines with becomes a space, as browsers do with the usual ones. */
export const seen = (text: string): string => text.replace(BREAKS, ' ').replace(CONTROLS, '').replace(UNSEEN, '').trim()

/** A number's signs alone: full-width ones as plain ones, without the gaps, brackets and marks that come along. */
export const digits = (text: string): string => seen(text.normalize('NFKC')).replace(/[\s\u0300-\u036f\u200c\u200d\u20d0-\u20ff\ufe00-\ufe0f().\u00b7\u2010-\u2015\u2212-]/g, '')
