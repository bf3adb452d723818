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
      const explained = codes.length === 0 ? entries : codes.map(entryOf);
      if (program.opts().json === true) say(jsonOf(explained));
      else say(explained.map(codes.length === 0 ? inOneLine : inWords).join(codes.length === 0 ? "\n" : "\n\n"));
    });
}

function entryOf(asked: string): Explained {
  const found = entries.find(({ code }) => code.toLowerCase() === asked.toLowerCase());
  if (found) return found;
  throw new VisibleError({
    doing: `explain the error ${asked.trim() === "" ? "of no name" : asked}`,
    cause: "no statement or request of a link is known to meet it.",
    remedy: /^\d+$/.test(asked)
      ? `ask SQL Server for its text: SELECT text FROM sys.messages WHERE message_id = ${asked} AND language_id = 1033`
      : "see which codes are known: npx mi-link errors",
  });
}

const inOneLine = ({ code, cause }: Explained): string => `${code}: ${cause}`;

const inWords = ({ code, kind, cause, remedy }: Explained): string =>
  `${code} (${kind})\n  Likely cause: ${cause}\n  What to do: ${remedy}`;
