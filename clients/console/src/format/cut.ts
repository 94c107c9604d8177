/** The first `most` characters, as the server counts them. Half an emoji would be refused. */
export const cut = (text: string, most: number): string => [...text].slice(0, most).join('')
