/** GitHub's answer to a request for another attempt. */
export type RerunAnswer =
  | { readonly kind: 'accepted' }
  /** An attempt is in progress: the next one, already started, or still the last one, which GitHub has not concluded. */
  | { readonly kind: 'running' }
  /**
   * There will never be one: the workflow is off, or the run is too old or cannot be retried. `why` is a sentence of ours
   * with GitHub's words.
   */
  | { readonly kind: 'refused'; readonly why: string };
