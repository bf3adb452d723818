import type { SqlType, SqlValue } from "../../types";
import type { Context } from "../scope";

/** What an argument is converted to before the call: text of any length, int, a date; or left as it is. */
export type Parameter = "text" | "int" | "date" | "any";

export interface Use {
  readonly types: readonly SqlType[];
  readonly context: Context;
  /** First argument of DATEADD and the like. */
  readonly datePart: string;
}

export interface BuiltIn {
  readonly parameters: readonly Parameter[];
  /** Where the last ones may be left out. */
  readonly required?: number;
  /** The last parameter may come any number of times. */
  readonly variadic?: boolean;
  /** Otherwise NULL among the arguments makes the result NULL. */
  readonly acceptsNull?: boolean;
  /** NULL is possible although no argument is. */
  readonly nullable?: boolean;
  type(types: readonly SqlType[]): SqlType;
  call(args: readonly SqlValue[], use: Use): SqlValue;
}
