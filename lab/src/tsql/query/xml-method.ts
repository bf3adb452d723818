import { sqlError } from "../messages";
import type { Expression, TableSource } from "../syntax";
import { bit, type SqlType } from "../types";
import { convertValue, textOf } from "../values/convert";
import { familyOf } from "../values/type-rules";
import { type XQueryVariables, xmlExist, xmlNodesOf, xmlQuery, xmlValue } from "../values/xml";
import { bind } from "./bind";
import type { Source } from "./from";
import type { Bound, Frame, Scope } from "./scope";

const xml: SqlType = { name: "xml" };

/** value(), query() and exist() of the xml type. */
export function xmlMethod(expression: Extract<Expression, { readonly kind: "method" }>, scope: Scope): Bound {
  const { name, type = xml } = expression;
  const operand = xmlOperand(expression.operand, name, scope);
  const { query, variables } = withVariables(expression.path, scope);
  if (name === "value") requireSingleton(query);
  const ask = (frame: Frame): ReturnType<Bound["value"]> => {
    const document = operand.value(frame);
    if (document === null) return null;
    if (name === "exist") return xmlExist(document, query, variables(frame)) ? 1 : 0;
    if (name === "query") return xmlQuery(document, query, variables(frame));
    const text = xmlValue(document, query, variables(frame));
    return text === null
      ? null
      : convertValue(text, { name: "nvarchar", length: "max" }, type, { explicit: true, style: isoStyle(type) });
  };
  return { type: name === "exist" ? bit : type, nullable: true, value: ask };
}

/** Dates in XML are written as ISO 8601. */
const isoStyle = (type: SqlType): number | undefined => (familyOf(type) === "date" ? 126 : undefined);

/** x.nodes('path') AS t(c): a row for each node. */
export function xmlNodes(
  { operand: expression, path, alias, column }: Extract<TableSource, { readonly kind: "nodes" }>,
  scope: Scope,
): Source {
  const inner: Scope = { ...scope, columns: [], grouped: undefined };
  const operand = xmlOperand(expression, "nodes", inner);
  const { query, variables } = withVariables(path, inner);
  return {
    columns: [{ name: column, type: xml, nullable: false, table: alias }],
    rows(outer) {
      const frame: Frame = { row: [], outer };
      const document = operand.value(frame);
      return document === null ? [] : xmlNodesOf(document, query, variables(frame)).map((node) => [node]);
    },
  };
}

function xmlOperand(expression: Expression, method: string, scope: Scope): Bound {
  const operand = bind(expression, scope);
  // 258: methods are those of xml.
  if (operand.type.name !== "xml") throw sqlError(258, method, operand.type.name);
  return operand;
}

/** sql:variable("@v") and sql:column("t.c") become variables of the query. */
function withVariables(path: string, scope: Scope) {
  const bound: Bound[] = [];
  const query = path.replace(/sql:(variable|column)\(\s*"([^"]*)"\s*\)/g, (_, kind: string, name: string) => {
    const expression: Expression =
      kind === "variable" ? { kind: "variable", name: name.toLowerCase() } : { kind: "column", parts: name.split(".") };
    return `$sql${bound.push(bind(expression, scope)) - 1}`;
  });
  const variables = (frame: Frame): XQueryVariables =>
    Object.fromEntries(
      bound.map(({ type, value }, at) => {
        const found = value(frame);
        const isNumber = found !== null && ["integer", "decimal", "float"].includes(familyOf(type));
        return [`sql${at}`, isNumber ? Number(textOf(found, type)) : found === null ? null : textOf(found, type)];
      }),
    );
  return { query, variables };
}

/** 2389: value() wants to see that there can be one item only: every step ends with a number, or is an attribute. */
function requireSingleton(query: string): void {
  const body = query.slice(query.lastIndexOf(";") + 1).trim();
  if (/\[\s*(\d+|last\(\))\s*\]$/.test(body) && body.startsWith("(")) return;
  if (/^[\w:-]+\s*\(.*\)$/s.test(body) && !/^(text|node|comment)\s*\(/.test(body)) return;
  const steps = body.split(/\/(?![^[]*\])/).filter((step) => step !== "");
  const isSingle = (step: string): boolean =>
    /^(\.|\.\.|@[\w:-]+|\(.*\)\[\s*\d+\s*\])$/.test(step.trim()) || /\[\s*(\d+|last\(\))\s*\]$/.test(step.trim());
  if (!body.startsWith("//") && (steps.every(isSingle) || /^\d+$|^"[^"]*"$|^if\b|^for\b|^let\b/.test(body))) return;
  throw sqlError(2389, "value", "xdt:untypedAtomic *");
}
