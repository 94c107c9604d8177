// How wx.* calls answer: through callbacks if there are any, else through a promise.
const hasCallback = (options) => Boolean(options?.success || options?.fail || options?.complete)

function deliver (options, kind, result) {
  queueMicrotask(() => {
    options?.[kind]?.(result)
    options?.complete?.(result)
  })
}

export function succeed (name, options, result = {}) {
  const answer = { errMsg: `${name}:ok`, ...result }
  if (!hasCallback(options)) return Promise.resolve(answer)
  deliver(options, 'success', answer)
}

export function refuse (name, options, reason, members = {}) {
  const answer = { errMsg: `${name}:fail ${reason}`.trim(), ...members }
  if (!hasCallback(options)) return Promise.reject(answer)
  deliver(options, 'fail', answer)
}

/** Answers with what `work` resolves to; an exception becomes `<name>:fail <message>`. */
export function answerLater (name, options, work) {
  const done = work()
  if (!hasCallback(options)) {
    return done.then((result) => succeed(name, undefined, result), (error) => refuse(name, undefined, error.message))
  }
  done.then((result) => succeed(name, options, result), (error) => refuse(name, options, error.message))
}

/** A call that has nothing to do here but answers as WeChat would. */
export const quietly = (...names) => Object.fromEntries(names.map((name) => [name, (options) => succeed(name, options)]))
