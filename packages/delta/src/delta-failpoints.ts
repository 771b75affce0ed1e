/** The steps of a put in the local store and of a commit, for the crash sweep (`Failpoints`). */
export const DELTA_FAILPOINTS: readonly string[] = Object.freeze([
  'store.put.before-link',
  'store.put.before-directory-sync',
  'store.put.after-directory-sync',
  'delta.commit.before-put',
  'delta.commit.after-put',
]);
