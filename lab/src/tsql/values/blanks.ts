/** Comparisons, names and LEN do not see blanks at the end. Not by a pattern: its time grows with the square of blanks in between. */
export function withoutTrailingBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === " ") end--;
  return text.slice(0, end);
}
