import type { SqlType } from "../tsql/types";
import { storageLength } from "../tsql/values/storage";
import { precisionOf, scaleOf, typeIds } from "../tsql/values/type-ids";

/** What sys.columns says of a type. */
export function typeFacts(type: SqlType) {
  return {
    id: typeIds[type.name][0],
    maxLength: storageLength(type),
    precision: precisionOf(type),
    scale: scaleOf(type),
  };
}
