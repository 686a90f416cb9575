/** Its name as a source. */
export const PULLS = 'pulls';
