import { SqlError, sqlError } from "../messages";
import type { CaseBranch, Condition, Expression, Query } from "../syntax/query";
import { int, type SqlType, type SqlValue } from "../types";
import { collationOf } from "../values/collation";
import { convertValue, requireConvertible } from "../values/convert";
import { coerce, unified } from "./coerce";
import { comparison, equality, junction, like, quantified } from "./conditions";
import { bindCall } from "./functions/call";
import { globalVariable } from "./global-variables";
import { chainOf, unaryOf } from "./operators";
import {
  type Bound,
  type BoundCondition,
  type BoundQuery,
  type Frame,
  nullValue,
  resolveColumn,
  type Scope,
  sourceColumn,
} from "./scope";

/** Looks up an expression's names and types; the result calculates its value for a row. */
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
      return bindCall(expression, scope, bind);
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
  const query = subquery(expression.query, scope);
  const [column] = query.columns;
  // 116: a subquery has one column, but for one in EXISTS.
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

const subquery = (query: Query, scope: Scope): BoundQuery => scope.bindQuery(query, scope.context, scope);

export function bindCondition(condition: Condition, scope: Scope): BoundCondition {
  switch (condition.kind) {
    case "and":
      return junction(
        condition.operands.map((operand) => bindCondition(operand, scope)),
        false,
      );
    case "or":
      return junction(
        condition.operands.map((operand) => bindCondition(operand, scope)),
        true,
      );
    case "not": {
      const inner = bindCondition(condition.condition, scope);
      return (frame) => {
        const holds = inner(frame);
        return holds === null ? null : !holds;
      };
    }
    case "compare":
      return comparison(condition.operator, bind(condition.left, scope), bind(condition.right, scope));
    case "isNull": {
      const operand = bind(condition.operand, scope);
      return (frame) => operand.value(frame) === null;
    }
    case "between": {
      const operand = bind(condition.operand, scope);
      return junction(
        [comparison(">=", operand, bind(condition.low, scope)), comparison("<=", operand, bind(condition.high, scope))],
        false,
      );
    }
    case "in": {
      const operand = bind(condition.operand, scope);
      return junction(
        condition.values.map((value) => equality(operand, bind(value, scope))),
        true,
      );
    }
    case "like":
      return like(
        bind(condition.operand, scope),
        bind(condition.pattern, scope),
        condition.escape && bind(condition.escape, scope),
      );
    case "exists": {
      const query = subquery(condition.query, scope);
      return (frame) => query.rows(frame).length > 0;
    }
    case "inQuery":
      return quantified("=", false, bind(condition.operand, scope), subquery(condition.query, scope));
    case "quantified":
      return quantified(
        condition.operator,
        condition.all,
        bind(condition.left, scope),
        subquery(condition.query, scope),
      );
  }
}
