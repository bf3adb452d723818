import { startRun } from "./executor/batch";
import { resolving, silent } from "./executor/run";
import type { Session } from "./host";
import { parse, parseParameters } from "./parser";
import { bindQuery } from "./query/query";
import type { Statement } from "./syntax";
import type { Column, SqlType, SqlValue } from "./types";

/** The columns of the first result set that a batch would have, without running it; none where it has no SELECT. */
export function describeFirstResult(text: string, parameters: string, session: Session): readonly Column[] {
  const declared = new Map(parseParameters(parameters).map(({ name, type }) => [name, type]));
  const { statements, variables } = parse(text, { declared });
  const query = firstQuery(statements);
  if (!query) return [];
  const { context } = startRun(session, silent, new AbortController().signal);
  const empty = [...declared, ...variables].map(
    ([name, type]): [string, { readonly type: SqlType; value: SqlValue }] => [name, { type, value: null }],
  );
  return resolving(() => bindQuery(query, { ...context, variables: new Map(empty) }, undefined)).columns;
}

function firstQuery(
  statements: readonly Statement[],
): Extract<Statement, { readonly kind: "select" }>["query"] | undefined {
  for (const statement of statements) {
    if (statement.kind === "block") {
      const inner = firstQuery(statement.body);
      if (inner) return inner;
    }
    if (statement.kind !== "select" || statement.query.first.kind !== "select") continue;
    const { items, into } = statement.query.first;
    if (!into && !items.some((item) => item.kind === "assign")) return statement.query;
  }
  return undefined;
}
