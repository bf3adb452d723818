import { assigner } from "../query/assign";
import { bind, bindCondition } from "../query/bind";
import { emptyScope } from "../query/query";
import type { Condition, Expression } from "../syntax/query";
import type { Typed } from "../types";
import { type Run, resolving } from "./run";

/** The value of an expression without a table around it. */
export function evaluate(expression: Expression, run: Run): Typed {
  const bound = resolving(() => bind(expression, emptyScope(run.context)));
  return { type: bound.type, value: bound.value({ row: [] }) };
}

export function holds(condition: Condition, run: Run): boolean {
  const bound = resolving(() => bindCondition(condition, emptyScope(run.context)));
  return bound({ row: [] }) === true;
}

export function assign(name: string, operator: string, value: Expression, run: Run): void {
  const set = resolving(() => assigner(name, operator, bind(value, emptyScope(run.context)), run.context));
  set({ row: [] });
}
