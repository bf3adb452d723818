import { type FoundObject, findObject, requirePermission } from "../data/access";
import type { StoredFunction } from "../data/store";
import { callFunction } from "../executor/function-body";
import type { ObjectName } from "../host";
import { sqlError } from "../messages";
import type { Call, Expression, TableSource } from "../syntax";
import type { SqlType, SqlValue } from "../types";
import { convertValue } from "../values/convert";
import { bind } from "./bind";
import type { Source } from "./from";
import { bindQuery } from "./query";
import type { Bound, Context, Frame, Scope } from "./scope";

type FunctionSource = Extract<TableSource, { readonly kind: "function" }>;
interface FoundFunction {
  readonly object: StoredFunction;
  readonly place: FoundObject["place"];
}

function findFunction(name: ObjectName, context: Context): FoundFunction | undefined {
  const found = findObject(name, context);
  return found?.object.kind === "function" ? { object: found.object, place: found.place } : undefined;
}

/** dbo.f(x); undefined if no user has made a scalar function of that name. */
export function scalarCall({ database, schema, name, args }: Call, scope: Scope): Bound | undefined {
  const found = findFunction({ database, schema, name }, scope.context);
  if (found?.object.returns.kind !== "scalar") return undefined;
  const { object, place } = found;
  requirePermission("EXECUTE", found);
  const { type } = found.object.returns;
  const given = argumentsOf(object, args, scope);
  return {
    type,
    nullable: true,
    value(frame) {
      const values = given(frame);
      if (object.returnsNullOnNull && values.includes(null)) return null;
      return callFunction(object, values, place, scope.context).value;
    },
  };
}

/** f(x) in FROM. Throws 208. */
export function tableCall({ name, args, alias, columnNames }: FunctionSource, scope: Scope): Source | undefined {
  const found = findFunction(name, scope.context);
  if (!found || found.object.returns.kind === "scalar") return undefined;
  const { object, place } = found;
  requirePermission("SELECT", found);
  const given = argumentsOf(object, args, { ...scope, columns: [] });
  const table = alias ?? name.name;
  const columns = found.object.returns.columns.map((column, at) => ({
    ...column,
    name: columnNames[at] ?? column.name,
    table,
  }));
  const { returns } = found.object;
  if (returns.kind === "table")
    return { columns, rows: (outer) => callFunction(object, given({ row: [], outer }), place, scope.context).rows };
  const variables = new Map(
    object.parameters.map(({ name: parameter, type }) => [parameter, { type, value: null as SqlValue }]),
  );
  const inside: Context = {
    ...scope.context,
    database: place.database?.name,
    tableVariables: undefined,
    firing: undefined,
    variables,
  };
  const query = bindQuery(returns.query, inside, undefined, new Map());
  return {
    columns,
    rows(outer) {
      for (const [at, value] of given({ row: [], outer }).entries()) {
        const variable = variables.get(object.parameters[at]?.name ?? "");
        if (variable) variable.value = value;
      }
      return query.rows(undefined);
    },
  };
}

/** In the types of the parameters. Throws 313, 8144. */
function argumentsOf(
  { name, parameters }: StoredFunction,
  args: readonly Expression[],
  scope: Scope,
): (frame: Frame) => SqlValue[] {
  if (args.length < parameters.length) throw sqlError(313, name);
  if (args.length > parameters.length) throw sqlError(8144, name);
  const bound = parameters.map((parameter, at): { readonly value: Bound; readonly type: SqlType } => {
    const given = args[at];
    const expression = given?.kind === "default" ? parameter.default : given;
    return { value: bind(expression ?? { kind: "null" }, scope), type: parameter.type };
  });
  return (frame) => bound.map(({ value, type }) => convertValue(value.value(frame), value.type, type));
}
