/** The journal keeps what the lab was asked, in order: tests and users read what a program really sent. */
export type JournalEntry =
  | {
      readonly at: Date;
      readonly kind: "statement";
      readonly instance: string;
      readonly login: string;
      readonly database: string;
      readonly application: string;
      readonly text: string;
      readonly errors: readonly number[];
    }
  | {
      readonly at: Date;
      readonly kind: "connection";
      readonly instance: string;
      readonly login: string;
      readonly application: string;
      readonly accepted: boolean;
    }
  | {
      readonly at: Date;
      readonly kind: "request";
      readonly method: string;
      readonly path: string;
      readonly status: number;
    };

export interface Journal {
  record(entry: JournalEntry): void;
  /** The latest ones, oldest first. */
  readonly entries: readonly JournalEntry[];
  /** How many came before those: they are no longer kept. */
  readonly forgotten: number;
}

/** A lab that runs for months keeps no more of its past than so many entries, and characters of their texts. */
const mostEntries = 100_000;
const mostCharacters = 16 * 2 ** 20;

/** @param follow is told of each entry as it is recorded, and of all of them. */
export function createJournal(follow?: (entry: JournalEntry) => void): Journal {
  const entries: JournalEntry[] = [];
  let forgotten = 0;
  let characters = 0;

  /** Forgets a tenth of the entries at a time, because those that stay have to be moved. */
  function forget(): void {
    let count = Math.ceil(entries.length / 10);
    for (const entry of entries.slice(0, count)) characters -= lengthOf(entry);
    for (; characters > mostCharacters && count < entries.length; count++) characters -= lengthOf(entries[count]);
    entries.splice(0, count);
    forgotten += count;
  }

  return {
    entries,
    get forgotten() {
      return forgotten;
    },
    record(entry) {
      entries.push(entry);
      characters += lengthOf(entry);
      follow?.(entry);
      if (entries.length > mostEntries || characters > mostCharacters) forget();
    },
  };
}

function lengthOf(entry: JournalEntry | undefined): number {
  if (entry?.kind === "statement") return entry.text.length;
  return entry?.kind === "request" ? entry.path.length : 0;
}
