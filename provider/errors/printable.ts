/** A text without what a terminal would obey, and without line breaks: names come from others. */
export const printable = (text: string): string =>
  text.replaceAll("\t", "    ").replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, "\ufffd");
