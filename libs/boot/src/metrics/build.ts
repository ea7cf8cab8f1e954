declare const MILLRACE_VERSION: string | undefined;

/** Of package.json, put there by tools/build.mjs; run from its sources the program has none. */
export const VERSION: string = typeof MILLRACE_VERSION === 'undefined' ? 'unknown' : MILLRACE_VERSION;
