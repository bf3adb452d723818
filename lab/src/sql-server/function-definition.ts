import type { Session } from "../tsql/host";
import type { SqlType, SqlValue } from "../tsql/types";
import type { Server } from "./server";

/** A function that knows the server, as the language's own do not. */
export interface Definition {
  readonly type: SqlType;
  /** Fewest and most arguments. */
  readonly arity: readonly [number, number];
  call(server: Server, args: readonly SqlValue[], session: Session): SqlValue;
}

/** Of an argument; empty for NULL, and where there is none. */
export const text = (value: SqlValue | undefined): string =>
  value === null || value === undefined ? "" : String(value);
