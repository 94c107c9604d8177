// What a test may look at: window.__runner.
export const record = {
  /** one line per wx.request: `GET /api/x 200`, per payment and per subscription question */
  calls: [],
  /** names of wx.* members that the build asked for and this runner does not have */
  missing: new Set(),
  /** run-time errors with their stacks; a healthy run has none */
  errors: [],
  /** the component framework's warnings */
  warnings: [],
  toasts: [],
  /** answers of onShareAppMessage, newest last */
  shares: [],
  /** URLs of opened pages, newest last */
  opened: [],
  /** file paths given to saveImageToPhotosAlbum */
  saved: [],
  clipboard: null,
  setData: { calls: 0, bytes: 0, largest: 0 },
}
window.__runner = record

export function reportError (place, error) {
  record.errors.push(`${place}: ${error?.stack ?? error?.errMsg ?? String(error)}`)
}

window.addEventListener('error', (event) => reportError('script', event.error ?? event.message))
window.addEventListener('unhandledrejection', (event) => {
  const reason = event.reason
  reportError('unhandled rejection', reason?.stack || reason?.errMsg ? reason : JSON.stringify(reason) ?? String(reason))
})

/** Calls `owner[name]` if there is one; an exception is recorded, as WeChat's console would show it. */
export function callHook (owner, name, ...args) {
  try {
    return owner?.[name]?.(...args)
  } catch (error) {
    reportError(name, error)
  }
}
