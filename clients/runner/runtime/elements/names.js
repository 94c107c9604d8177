// WeChat's built-in elements; each becomes the custom element wx-<name>. Those without behaviour of
// their own here are plain boxes, laid out by shell/elements.css.
const NAMES = new Set(('view text image button progress canvas input textarea scroll-view swiper swiper-item form ' +
  'label switch checkbox checkbox-group radio radio-group picker picker-view picker-view-column slider icon ' +
  'navigator rich-text video audio map web-view cover-view cover-image movable-area movable-view page-meta ' +
  'navigation-bar block match-media official-account ad live-player live-pusher camera editor ' +
  'functional-page-navigator open-data page-container root-portal share-element keyboard-accessory grid-view ' +
  'list-view sticky-header sticky-section snapshot span draggable-sheet custom-wrapper').split(' '))

export const isBuiltIn = (name) => NAMES.has(name)
