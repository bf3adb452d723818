/** A piece of a page: made only by `html`, which quotes whatever is put into it. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | undefined | readonly Html[];

export const nothing = new Html("");

/** HTML as a template. Texts become text, whatever they hold; pieces stay as they are; undefined is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, piece, i) => text + quoted(parts[i - 1]) + piece));
}

function quoted(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map(({ text }) => text).join("");
  return escaped(String(part));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control characters are not allowed in HTML, and those that turn the direction of a line would move what stands beside them. */
const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => entities[char] ?? char).replace(/(?![\t\n])[\p{Cc}\p{Cf}]/gu, "\u{fffd}");

/** A text that is seen, with names in it: they are broken after their signs, and anywhere only where a part is longer than any word. */
export const prose = (text: string): Html =>
  html`${text
    .split(/(?<=[_./\\@:-])(?=[\p{L}\p{N}])|(?<= )/u)
    .map((piece) =>
      piece.length > 14
        ? html`<span class="long">${piece}</span>`
        : html`${piece}${piece.endsWith(" ") ? nothing : lineBreak}`,
    )}`;

const lineBreak = new Html("<wbr>");
