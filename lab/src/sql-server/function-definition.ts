import type { Session } from "../tsql/host";
import type { SqlType, SqlValue } from "../tsql/types";
import type { Server } from "./server";

/** A function that needs to know the server; the language's own need not. */
export interface Definition {
  readonly type: SqlType;
  /** The fewest and the most arguments. */
  readonly arity: readonly [number, number];
  call(server: Server, args: readonly SqlValue[], session: Session): SqlValue;
}

/** An argument as text: "" for NULL and for one that is missing. */
export const text = (value: SqlValue | undefined): string =>
  value === null || value === undefined ? "" : String(value);
