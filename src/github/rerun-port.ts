/** What GitHub said to a request for another attempt. */
export type RerunAnswer =
  | { readonly kind: 'accepted' }
  /** An attempt goes on: the next one, on its way already, or still the last one, which GitHub has not concluded. */
  | { readonly kind: 'running' }
  /** It never will be: the workflow is off, or the run is too old or cannot be retried. `why` is a sentence of ours with GitHub's words. */
  | { readonly kind: 'refused'; readonly why: string };
