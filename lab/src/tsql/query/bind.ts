import { bindCall } from "../functions/call";
import { SqlError, sqlError } from "../messages";
import type { CaseBranch, Expression } from "../syntax";
import { int, type SqlType, type SqlValue } from "../types";
import { collationOf } from "../values/collation";
import { convertValue, requireConvertible } from "../values/convert";
import { commonType } from "../values/type-rules";
import { bindCondition, equality } from "./conditions";
import { globalVariable } from "./global-variables";
import { chainOf, unaryOf } from "./operators";
import { bindQuery } from "./query";
import { type Bound, type Frame, nullValue, resolveColumn, type Scope } from "./scope";

export function bind(expression: Expression, scope: Scope): Bound {
  const replaced = scope.grouped?.replace(expression);
  if (replaced) return replaced;
  switch (expression.kind) {
    case "literal":
      return literalOf(expression.literal.type, expression.literal.value);
    case "default":
      throw sqlError(156, "DEFAULT");
    case "null":
      return { type: int, nullable: true, isNull: true, value: nullValue };
    case "variable":
      return variableOf(expression.name, scope);
    case "globalVariable":
      return globalVariable(expression.name, scope.context);
    case "column":
      return columnOf(expression.parts, scope);
    case "unary":
      return unaryOf(expression.operator, bind(expression.operand, scope));
    case "chain":
      return chainOf(
        bind(expression.first, scope),
        expression.rest.map(({ operator, operand }) => ({ operator, operand: bind(operand, scope) })),
      );
    case "call":
      return bindCall(expression, scope);
    case "cast":
      return castOf(expression, scope);
    case "case":
      return caseOf(expression, scope);
    case "collate": {
      const collation = collationOf(expression.collation);
      if (!collation) throw sqlError(448, expression.collation);
      return { ...bind(expression.operand, scope), collation, collated: expression.collation, origin: undefined };
    }
    case "subquery":
      return scalarSubquery(expression, scope);
  }
}

function literalOf(type: SqlType, value: SqlValue): Bound {
  const digits = type.name === "int" ? String(value).length : undefined;
  return { type, nullable: false, digits, value: () => value };
}

function variableOf(name: string, scope: Scope): Bound {
  const variable = scope.context.variables.get(name);
  if (!variable) throw sqlError(137, name);
  const { type, deduce } = variable;
  if (deduce) return { type, nullable: true, isNull: true, deduce, value: nullValue };
  return { type, nullable: true, value: () => variable.value };
}

function columnOf(parts: readonly string[], scope: Scope): Bound {
  const { scope: owner, level, index } = resolveColumn(scope, parts);
  const column = owner.grouped ? owner.grouped.columnOf(index) : sourceColumn(owner, index);
  if (level === 0) return column;
  return {
    ...column,
    value(frame) {
      let owning: Frame | undefined = frame;
      for (let up = 0; up < level; up++) owning = owning?.outer;
      return owning ? column.value(owning) : null;
    },
  };
}

export function sourceColumn(scope: Scope, index: number): Bound {
  const { type = int, nullable = true, collation, origin } = scope.columns[index] ?? {};
  return { type, nullable, collation, origin, value: (frame) => frame.row[index] ?? null };
}

function castOf(expression: Extract<Expression, { kind: "cast" }>, scope: Scope): Bound {
  const operand = bind(expression.operand, scope);
  const { type, isTry } = expression;
  const style = expression.style && bind(expression.style, scope);
  operand.deduce?.(type);
  if (!operand.isNull) requireConvertible(operand.type, type, true);
  const dateFormat = scope.context.session.options.get("DATEFORMAT");
  return {
    type,
    nullable: operand.nullable || isTry,
    collation: operand.collation,
    value(frame) {
      const styleValue = style?.value(frame);
      if (styleValue === null) return null;
      try {
        const how = { style: styleValue === undefined ? undefined : Number(styleValue), dateFormat, explicit: true };
        return convertValue(operand.value(frame), operand.type, type, how);
      } catch (error) {
        if (isTry && error instanceof SqlError) return null;
        throw error;
      }
    },
  };
}

/** The type of a list of alternatives; 8133 where all of them are NULL. */
export function unified(alternatives: readonly Bound[]): SqlType {
  const typed = alternatives.filter((alternative) => !alternative.isNull);
  return typed.map(({ type }) => type).reduce((a, b) => commonType(a, b), typed[0]?.type ?? int);
}

/** The same expression as another type. */
export function coerce(bound: Bound, type: SqlType): Bound {
  if (bound.isNull) return { ...bound, type };
  requireConvertible(bound.type, type, false);
  if (JSON.stringify(bound.type) === JSON.stringify(type)) return bound;
  return { ...bound, digits: undefined, type, value: (frame) => convertValue(bound.value(frame), bound.type, type) };
}

function caseOf(expression: Extract<Expression, { kind: "case" }>, scope: Scope): Bound {
  const input = expression.input && bind(expression.input, scope);
  const tests = expression.branches.map((branch) => testOf(branch, input, scope));
  const results = expression.branches.map((branch) => bind(branch.result, scope));
  const otherwise = expression.otherwise && bind(expression.otherwise, scope);
  const all = otherwise ? [...results, otherwise] : results;
  if (all.every((result) => result.isNull)) throw sqlError(8133);
  const type = unified(all);
  const [values, fallback] = [results.map((result) => coerce(result, type)), otherwise && coerce(otherwise, type)];
  return {
    type,
    nullable: !otherwise || all.some((result) => result.nullable),
    value(frame) {
      const chosen = tests.findIndex((test) => test(frame) === true);
      return (chosen < 0 ? fallback?.value(frame) : values[chosen]?.value(frame)) ?? null;
    },
  };
}

function testOf(branch: CaseBranch, input: Bound | undefined, scope: Scope): (frame: Frame) => boolean | null {
  if (branch.condition) return bindCondition(branch.condition, scope);
  return input && branch.value ? equality(input, bind(branch.value, scope)) : nullValue;
}

function scalarSubquery(expression: Extract<Expression, { kind: "subquery" }>, scope: Scope): Bound {
  const query = bindQuery(expression.query, scope.context, scope);
  const [column] = query.columns;
  // 116: one column only, where EXISTS does not ask for it.
  if (!column || query.columns.length !== 1) throw sqlError(116);
  return {
    type: column.type,
    nullable: true,
    value(frame) {
      const rows = query.rows(frame);
      if (rows.length > 1) throw sqlError(512);
      return rows[0]?.[0] ?? null;
    },
  };
}
