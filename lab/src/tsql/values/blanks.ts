/** Cuts off blanks at the end, which comparisons, names and LEN do not see. A regular expression would take quadratic time. */
export function withoutTrailingBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === " ") end--;
  return text.slice(0, end);
}
