/** Texts of the main package that the server uses too, in the previews that chats and search engines show of a link. */
export const TOLD_BY_THE_SERVER = [
  'app.name', 'app.slogan',
  'flash.title', 'flash.share', 'flash.startsAt', 'flash.zoneText',
  'group.shareAsk', 'group.shareJoin',
  'listing.people', 'listing.ladderPeople', 'listing.solo', 'listing.soldOut',
  'progress.form', 'progress.formOne', 'progress.tier', 'progress.tierOne', 'progress.held', 'progress.top',
]
