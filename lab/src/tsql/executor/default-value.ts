import { bind } from "../query/bind";
import { emptyScope } from "../query/query";
import type { Bound, Context } from "../query/scope";
import type { StoredColumn } from "../stored";

/** What a column has where nothing is given; undefined: no DEFAULT. */
export function defaultValue(column: StoredColumn, context: Context): Bound | undefined {
  const expression = column.default?.value;
  return expression && bind(expression, emptyScope(context));
}
