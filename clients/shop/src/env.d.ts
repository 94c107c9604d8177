/// <reference types="vite/client" />
/** Origin of the API without a trailing slash; empty in H5 (same origin). */
declare const __API__: string
/** WeChat's own global, for what uni does not wrap. */
declare const wx: { openPrivacyContract(options: object): void }
