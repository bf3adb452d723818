/** A piece of T-SQL that may stand in a statement: made only by `sql` and its quoting functions. */
export interface Statement {
  readonly text: string;
}

/** T-SQL as a template. What is interpolated has been quoted, or is itself a statement; nothing else is taken. */
export function sql(strings: TemplateStringsArray, ...parts: readonly Statement[]): Statement {
  return { text: strings.reduce((text, piece, i) => text + (parts[i - 1]?.text ?? "") + piece) };
}

/** A delimited identifier: `]` is doubled (QUOTENAME). */
sql.identifier = (identifier: string): Statement => ({ text: `[${identifier.replaceAll("]", "]]")}]` });

/** A Unicode string literal: `'` is doubled. */
sql.string = (value: string): Statement => ({ text: `N'${value.replaceAll("'", "''")}'` });

/** A binary literal. */
sql.binary = (value: Buffer): Statement => ({ text: `0x${value.toString("hex").toUpperCase()}` });

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

sql.list = (statements: readonly Statement[], separator = ", "): Statement => ({
  text: statements.map(({ text }) => text).join(separator),
});

sql.nothing = { text: "" } as Statement;
