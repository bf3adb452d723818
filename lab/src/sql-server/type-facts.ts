import type { SqlType } from "../tsql/types";
import { storageLength } from "../tsql/values/storage";
import { precisionOf, scaleOf, typeIds } from "../tsql/values/type-ids";

/** The facts about a type that sys.columns shows. */
export function typeFacts(type: SqlType) {
  return {
    id: typeIds[type.name][0],
    maxLength: storageLength(type),
    precision: precisionOf(type),
    scale: scaleOf(type),
  };
}
