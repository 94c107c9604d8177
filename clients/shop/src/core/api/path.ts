/**
 * The address of one thing of a list. Ids come out of links that people share: what is no id stays inside its place in
 * the path, and a lost one is refused as such instead of asking for the list.
 */
export const one = (list: string, id: string): string => `${list}/${encodeURIComponent(id || '-')}`
