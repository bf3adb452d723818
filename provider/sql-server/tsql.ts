/** A piece of T-SQL that may stand in a statement: made only by `sql` and its quoting functions. */
export interface Statement {
  readonly text: string;
  /** The same to be shown, where it holds a secret. */
  readonly shown?: string;
}

/** T-SQL as a template. What is interpolated has been quoted, or is itself a statement; nothing else is taken. */
export function sql(strings: TemplateStringsArray, ...parts: readonly Statement[]): Statement {
  const filledWith = (textOf: (part: Statement) => string) =>
    strings.reduce((text, piece, i) => text + textOf(parts[i - 1] ?? sql.nothing) + piece);
  const text = filledWith((part) => part.text);
  return parts.some(({ shown }) => shown !== undefined) ? { text, shown: filledWith(shownOf) } : { text };
}

/** The statement without its secrets. */
export const shownOf = ({ text, shown = text }: Statement): string => shown;

/** A delimited identifier: `]` is doubled (QUOTENAME). */
sql.identifier = (identifier: string): Statement => ({ text: `[${identifier.replaceAll("]", "]]")}]` });

/** A Unicode string literal: `'` is doubled. */
sql.string = (value: string): Statement => ({ text: `N'${value.replaceAll("'", "''")}'` });

/** A Unicode string literal that is shown nowhere. */
sql.secret = (value: string): Statement => ({ ...sql.string(value), shown: "N'[secret]'" });

/** A binary literal. */
sql.binary = (value: Buffer): Statement => ({ text: `0x${value.toString("hex").toUpperCase()}` });

/**
 * A place for a value that whoever runs the text puts there: `$(Name)`, as a variable of sqlcmd. In quotes, or as the digits of
 * a binary literal, by what stands around it.
 */
sql.place = (name: string): Statement => {
  if (!/^[A-Za-z]+$/.test(name)) throw new TypeError(`not the name of a place: ${name}`);
  return { text: `$(${name})` };
};

/** Whether a text stands for a value that is put there later, and is nothing else. */
export const isPlace = (text: unknown): boolean => typeof text === "string" && /^\$\([A-Za-z]+\)$/.test(text);

/** A whole number. */
sql.int = (value: number): Statement => {
  if (!Number.isSafeInteger(value)) throw new TypeError(`not a whole number: ${value}`);
  return { text: String(value) };
};

const words = ["MANUAL", "AUTOMATIC", "SYNCHRONOUS_COMMIT", "ASYNCHRONOUS_COMMIT"];

/** The value of an option, as the catalog has it too. */
sql.word = (word: string | null): Statement => {
  if (word === null || !words.includes(word)) throw new TypeError(`not the value of an option: ${word}`);
  return { text: word };
};

sql.list = (statements: readonly Statement[], separator = ", "): Statement => {
  const text = statements.map((each) => each.text).join(separator);
  return statements.some(({ shown }) => shown !== undefined)
    ? { text, shown: statements.map(shownOf).join(separator) }
    : { text };
};

sql.nothing = { text: "" } as Statement;
