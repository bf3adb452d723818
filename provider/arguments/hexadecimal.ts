/** One spelling: upper case, no prefix. */
export const digitsOf = (text: string): string => text.replace(/^0x/i, "").toUpperCase();

/** Whole bytes. */
export const isHexadecimal = (digits: string): boolean => /^(?:[0-9A-F]{2})+$/.test(digits);
