import type { JournalEntry } from "#lab/index";

/** A statement or request of a program. */
export interface Call {
  /** The same in every run: what is another one each time, such as addresses, keys and dates of notes, is left out. */
  readonly title: string;
  /** It changes something, or may. */
  readonly changes: boolean;
}

/** What the program asked; undefined where it is a connection, or somebody else's at a console. */
export function callOf(entry: JournalEntry): Call | undefined {
  if (entry.kind === "request") return request(entry.method, entry.path);
  if (entry.kind === "statement" && entry.application === "pulumi-mi-link") return statement(entry.text);
  return undefined;
}

export function statement(text: string): Call {
  const words = text.replace(/'(?:[^']|'')*'/g, "''").replace(/\[(?:[^\]]|\]\])*\]/g, "[]");
  return { title: withoutChance(text), changes: changing.test(words) };
}

export function request(method: string, path: string): Call {
  const signsIn = /\/oauth2\//i.test(path);
  const [, below = path] = /\/providers\/Microsoft\.Sql\/(.*)$/i.exec(path) ?? [];
  return { title: withoutChance(`${method} ${below}`), changes: method !== "GET" && !signsIn };
}

const changing = /\b(CREATE|ALTER|DROP|BACKUP|GRANT|REVOKE|INSERT|UPDATE|DELETE|sp_\w*(add|drop|update)\w*)\b/i;

const withoutChance = (text: string): string =>
  text
    .replace(/'(?:[^']|'')*'/g, (literal) => (literal.length > 90 ? shortened(literal) : literal))
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, "...")
    .replace(/\b(0x)?[0-9a-f]{12,}\b/gi, "...")
    .replace(/\b127(\.\d+){3}\b/g, "...")
    .replace(/\s+/g, " ")
    .trim();

/** A note is told by what it is about. */
const shortened = (literal: string): string => `'...${/"name":"[^"]*"/.exec(literal)?.[0] ?? ""}...'`;
