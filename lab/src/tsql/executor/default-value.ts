import { bind } from "../query/bind";
import { emptyScope } from "../query/query";
import type { Bound, Context } from "../query/scope";
import type { StoredColumn } from "../stored";

/** The value of a column that is given none; undefined: it has no DEFAULT. */
export function defaultValue(column: StoredColumn, context: Context): Bound | undefined {
  const expression = column.default?.value;
  return expression && bind(expression, emptyScope(context));
}
