import type { wholeCatalogue } from "../../provider/errors/catalogue";

/** `docs/errors.md`: the catalogue of errors, a heading for each entry, as its anchors are in the messages. */
export function errorsPage(catalogue: typeof wholeCatalogue): string {
  const groups = Object.entries(catalogue).map(([group, codes]) => [
    `## ${group}`,
    ...Object.entries(codes).map(
      ([code, { cause, remedy }]) => `### ${code}\n\nLikely cause: ${plain(cause)}\n\nWhat to do: ${plain(remedy)}`,
    ),
  ]);
  return `${[head, ...groups.flat()].join("\n\n")}\n`;
}

const head = `# Errors

Numbers and codes that a link can meet: what they mean there, and what to do now. Every message that has one names its place
here in its last line. \`npx mi-link errors 35250\` prints the same without a network, \`npx mi-link errors\` all of them.
The page is made from the catalogue in \`provider/errors/\`: \`npm run docs\` writes it.`;

/** Markdown takes <host> for HTML, and lines that begin with spaces for code. */
const plain = (text: string): string => text.replaceAll("<", "\\<").replaceAll(/\n\s+/g, "\n\n");
