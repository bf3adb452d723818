import type { Command } from "commander";
import { wholeCatalogue } from "../errors/catalogue";
import { VisibleError } from "../errors/visible-error";
import { jsonOf, say } from "./output";

interface Explained {
  readonly code: string;
  readonly kind: string;
  readonly cause: string;
  readonly remedy: string;
}

const entries: readonly Explained[] = Object.entries(wholeCatalogue).flatMap(([kind, codes]) =>
  Object.entries(codes).map(([code, { cause, remedy }]) => ({ code, kind, cause, remedy })),
);

/** `mi-link errors [codes...]`: what a number or code means for a link, and what to do. It connects to nothing. */
export function addErrors(program: Command): void {
  program
    .command("errors")
    .description("Explain error numbers of SQL Server, codes of Azure, and our own: the likely cause, and what to do.")
    .argument("[codes...]", "numbers or codes, as messages have them; without any, all that are known")
    .action((codes: readonly string[]) => {
      const explained = codes.length === 0 ? entries : codes.flatMap((code) => entryOf(code) ?? []);
      const unknown = codes.filter((code) => entryOf(code) === undefined);
      const isJson = program.opts().json === true;
      if (isJson && unknown.length === 0) say(jsonOf(explained));
      if (!isJson && explained.length > 0)
        say(explained.map(codes.length === 0 ? inOneLine : inWords).join(codes.length === 0 ? "\n" : "\n\n"));
      if (unknown.length > 0) throw notKnown(unknown);
    });
}

const entryOf = (asked: string): Explained | undefined =>
  entries.find(({ code }) => code.toLowerCase() === asked.toLowerCase());

function notKnown(codes: readonly string[]): VisibleError {
  const numbers = codes.filter((code) => /^\d+$/.test(code));
  return new VisibleError({
    doing: `explain ${codes.map((code) => (code.trim() === "" ? "a code without a name" : code)).join(", ")}`,
    cause: "no statement or request of a link is known to meet it.",
    remedy:
      numbers.length > 0
        ? `ask SQL Server for the text: SELECT text FROM sys.messages WHERE message_id IN (${numbers.join(", ")}) AND language_id = 1033`
        : "see which codes are known: npx mi-link errors",
  });
}

const inOneLine = ({ code, cause }: Explained): string => `${code}: ${cause}`;

const inWords = ({ code, kind, cause, remedy }: Explained): string =>
  `${code} (${kind})\n  Likely cause: ${cause}\n  What to do: ${remedy}`;
