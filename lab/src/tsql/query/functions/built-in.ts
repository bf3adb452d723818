import type { SqlType, SqlValue } from "../../types";
import type { Context } from "../scope";

/** The type that an argument is converted to before the call: text of any length, int, a date; "any" leaves it as it is. */
export type Parameter = "text" | "int" | "date" | "any";

export interface Use {
  readonly types: readonly SqlType[];
  readonly context: Context;
  /** The first argument of DATEADD and the like. */
  readonly datePart: string;
}

export interface BuiltIn {
  readonly parameters: readonly Parameter[];
  /** The number of arguments that are required, if the last ones may be left out. */
  readonly required?: number;
  /** The last parameter may come any number of times. */
  readonly variadic?: boolean;
  /** The function is called with NULL arguments; otherwise one of them makes the result NULL. */
  readonly acceptsNull?: boolean;
  /** The result may be NULL although no argument is. */
  readonly nullable?: boolean;
  type(types: readonly SqlType[]): SqlType;
  call(args: readonly SqlValue[], use: Use): SqlValue;
}
