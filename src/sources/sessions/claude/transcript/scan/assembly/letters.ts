// This folder is AssemblyScript: it is compiled to WebAssembly (see scripts/compile-assembly.ts) and not seen by tsc.

/** No place in memory: the value is missing, or not written in the plain form that is read here. */
export const NOWHERE: usize = 0;

export const TAB: u8 = 9;
export const NEWLINE: u8 = 10;
export const RETURN: u8 = 13;
export const SPACE: u8 = 32;
export const QUOTE: u8 = 34;
export const PLUS: u8 = 43;
export const COMMA: u8 = 44;
export const MINUS: u8 = 45;
export const POINT: u8 = 46;
export const SLASH: u8 = 47;
export const ZERO: u8 = 48;
export const NINE: u8 = 57;
export const COLON: u8 = 58;
export const CAPITAL_E: u8 = 69;
export const OPEN_BRACKET: u8 = 91;
export const BACKSLASH: u8 = 92;
export const CLOSE_BRACKET: u8 = 93;
export const LETTER_A: u8 = 97;
export const LETTER_B: u8 = 98;
export const LETTER_E: u8 = 101;
export const LETTER_F: u8 = 102;
export const LETTER_N: u8 = 110;
export const LETTER_R: u8 = 114;
export const LETTER_T: u8 = 116;
export const LETTER_U: u8 = 117;
export const OPEN_BRACE: u8 = 123;
export const CLOSE_BRACE: u8 = 125;

export function letterAt(at: usize): u8 {
  return load<u8>(at);
}

export function isDigit(letter: u8): bool {
  return letter >= ZERO && letter <= NINE;
}
