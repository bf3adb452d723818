/**
 * The part of `sys.messages` that the lab raises: number, severity, text with %s and %d for its arguments.
 * Texts and severities: facts of the documentation's "Database engine events and errors" pages.
 */
const templates: Readonly<Record<number, readonly [severity: number, text: string]>> = {
  102: [15, "Incorrect syntax near '%s'."],
  137: [15, 'Must declare the scalar variable "%s".'],
  156: [15, "Incorrect syntax near the keyword '%s'."],
  207: [16, "Invalid column name '%s'."],
  208: [16, "Invalid object name '%s'."],
  2812: [16, "Could not find stored procedure '%s'."],
};

/** An error (severity over 10) or message as the server sends it. */
export interface ServerMessage {
  readonly number: number;
  readonly severity: number;
  readonly state: number;
  readonly text: string;
  readonly line: number;
  readonly procedure: string;
}

/** An error of the catalogue, thrown by whoever finds it; the executor adds the line and decides what it ends. */
export class SqlError extends Error {
  constructor(
    readonly number: number,
    readonly severity: number,
    readonly text: string,
    readonly state = 1,
    /** Line in the batch, counted from 1; 0 where not known yet. */
    public line = 0,
    public procedure = "",
    /** Errors that the server sends before this one (the cause before the consequence, as 41152 has). */
    readonly preceding: readonly SqlError[] = [],
  ) {
    super(text);
    this.name = "SqlError";
  }
}

export function formatMessage(number: number, ...args: readonly (string | number)[]): { severity: number; text: string } {
  const template = templates[number];
  if (!template) throw new Error(`message ${number} is not in the lab's catalogue`);
  let next = 0;
  return { severity: template[0], text: template[1].replace(/%[sd]/g, () => String(args[next++] ?? "(null)")) };
}

/** `sqlError(208, "sys.nothing")` */
export function sqlError(number: number, ...args: readonly (string | number)[]): SqlError {
  const { severity, text } = formatMessage(number, ...args);
  return new SqlError(number, severity, text);
}
