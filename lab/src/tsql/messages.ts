import messages from "./messages.json";

/** The part of `sys.messages` that the lab raises: number, severity, text with %s and %d for its arguments. */
const templates: ReadonlyMap<number, readonly [severity: number, text: string]> = new Map(
  (messages as [number: number, severity: number, text: string][]).map(([number, ...template]) => [number, template]),
);

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

export function formatMessage(
  number: number,
  ...args: readonly (string | number)[]
): { severity: number; text: string } {
  const template = templates.get(number);
  if (!template) throw new Error(`message ${number} is not in the lab's catalogue`);
  let next = 0;
  return { severity: template[0], text: template[1].replace(/%[sd]/g, () => String(args[next++] ?? "(null)")) };
}

/** The states that are not 1; they were seen in the output of servers. */
const states: Readonly<Record<number, number>> = {
  195: 10,
  220: 2,
  242: 3,
  515: 2,
  547: 0,
  8114: 5,
  8115: 2,
  8152: 14,
};

/** Makes an error of the catalogue: `sqlError(208, "sys.nothing")`. */
export function sqlError(number: number, ...args: readonly (string | number)[]): SqlError {
  const { severity, text } = formatMessage(number, ...args);
  return new SqlError(number, severity, text, states[number]);
}

/** The messages that sys.messages lists. */
export function knownMessages(): { readonly number: number; readonly severity: number; readonly text: string }[] {
  return [...templates].map(([number, [severity, text]]) => ({ number, severity, text }));
}
