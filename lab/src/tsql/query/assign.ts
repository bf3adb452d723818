import { sqlError } from "../messages";
import type { SqlValue } from "../types";
import { convertValue, requireConvertible } from "../values/convert";
import { operation } from "./operators";
import { type Bound, type Context, type Frame, nullValue } from "./scope";

/** Assigns `@v = e` or `@v += e`: converts to the variable's type and cuts what is too long for it. */
export function assigner(name: string, operator: string, value: Bound, context: Context): (frame: Frame) => SqlValue {
  const variable = context.variables.get(name);
  if (!variable) throw sqlError(137, name);
  const { type } = variable;
  if (operator === "") {
    if (!value.isNull) requireConvertible(value.type, type, false);
    return (frame) => {
      variable.value = convertValue(value.value(frame), value.type, type, {
        dateFormat: context.session.options.get("DATEFORMAT"),
      });
      return variable.value;
    };
  }
  const change = operation(operator, { type, nullable: true, value: nullValue }, value);
  return (frame) => {
    variable.value = convertValue(change.apply(variable.value, value.value(frame)), change.type, type);
    return variable.value;
  };
}
