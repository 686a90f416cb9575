/** The longest condition in characters. */
export const MOST_CHARACTERS = 10_000;
/** The most nodes of a condition: names, numbers, operators, calls. */
export const MOST_NODES = 2_000;
/** How deep a condition may be nested. */
export const MOST_DEPTH = 100;
/** The most steps of one evaluation. Beyond them the answer is no data. */
export const MOST_STEPS = 100_000;
/** The most leaves that an evaluation keeps as evidence. */
export const MOST_EVIDENCE = 20;
