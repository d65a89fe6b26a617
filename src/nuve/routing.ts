/** Paths as Nuve's router takes them: in any case, with slashes doubled or at the end. */
export const NUVE_ROUTING = {
  caseSensitive: false,
  ignoreDuplicateSlashes: true,
  ignoreTrailingSlash: true,
};
