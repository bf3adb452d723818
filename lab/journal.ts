/** What the lab was asked, in order: tests and users read it to see what a program really sent. */
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
  readonly entries: readonly JournalEntry[];
}

/** @param follow is told of each entry as it is recorded. */
export function createJournal(follow?: (entry: JournalEntry) => void): Journal {
  const entries: JournalEntry[] = [];
  return {
    entries,
    record(entry) {
      entries.push(entry);
      follow?.(entry);
    },
  };
}
