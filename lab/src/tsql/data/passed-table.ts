import type { ObjectName } from "../host";
import type { Column } from "../types";
import type { Row } from "./store";

/** Rows that a client sends: of a bulk load, or as a table-valued parameter, whose type has a name. */
export interface PassedTable {
  readonly typeName?: ObjectName;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}
