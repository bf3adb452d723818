import { sqlError } from "../../messages";
import type { Call, Expression } from "../../syntax/query";
import { int, type SqlType, type SqlValue } from "../../types";
import { convertValue } from "../../values/convert";
import { characterType, familyOf, textLength } from "../../values/type-rules";
import { coerce, unified } from "../coerce";
import { equality } from "../conditions";
import type { Bound, Scope } from "../scope";
import { majorVersion } from "../version";
import { isAggregate } from "./aggregates";
import type { BuiltIn, Parameter, Use } from "./built-in";
import { dateFunctions } from "./date";
import { mathFunctions } from "./math";
import { systemFunctions } from "./system";
import { textFunctions } from "./text";

const builtIns: ReadonlyMap<string, BuiltIn> = new Map(
  Object.entries({ ...textFunctions, ...dateFunctions, ...systemFunctions, ...mathFunctions }),
);

const windowOnly: ReadonlySet<string> = new Set(["ROW_NUMBER", "RANK", "DENSE_RANK", "NTILE"]);

/** The versions that brought these functions. */
const since: Readonly<Record<string, number>> = { STRING_AGG: 14, TRIM: 14 };

function requireVersion(name: string, written: string, { context }: Scope): void {
  const first = since[name];
  if (first !== undefined && majorVersion(context.session) < first)
    throw sqlError(195, written, "built-in function name");
}

/** Binds a call. `bind` is passed to bind its arguments, because expressions and calls contain each other. */
export function bindCall(call: Call, scope: Scope, bind: (expression: Expression, scope: Scope) => Bound): Bound {
  const { name } = call;
  if (!call.schema) requireVersion(name, call.written ?? name, scope);
  if (call.over) {
    // 4108: OVER is only for the select list and ORDER BY.
    if (!scope.windows) throw sqlError(4108);
    return scope.windows.bind(call, call.over, scope);
  }
  // 10753: a ranking function needs an OVER.
  if (!call.schema && windowOnly.has(name)) throw sqlError(10753, name);
  if (!call.schema && isAggregate(name)) {
    if (!scope.grouped) throw sqlError(147);
    return scope.grouped.aggregate(call);
  }
  const args = call.args.map((argument) => bind(argument, scope));
  if (call.schema) return hostFunction(`${call.schema}.${call.written ?? name}`, name, args, scope);
  switch (name) {
    case "ISNULL":
      return isNull(args);
    case "COALESCE":
      return coalesce(args);
    case "NULLIF":
      return nullIf(args);
  }
  const builtIn = builtIns.get(name);
  if (!builtIn) return hostFunction(call.written ?? name, call.written ?? name, args, scope);
  checkCount(name, args.length, builtIn);
  return callOf(call, builtIn, args, scope);
}

function checkCount(name: string, count: number, builtIn: BuiltIn): void {
  const most = builtIn.parameters.length;
  const fewest = builtIn.required ?? most;
  if (count >= fewest && (count <= most || builtIn.variadic)) return;
  throw fewest === most && !builtIn.variadic
    ? sqlError(174, name.toLowerCase(), most)
    : sqlError(189, name.toLowerCase(), fewest, most);
}

function callOf(call: Call, builtIn: BuiltIn, bound: readonly Bound[], scope: Scope): Bound {
  const args = bound.map((argument, index) => {
    const parameter = builtIn.parameters[Math.min(index, builtIn.parameters.length - 1)] ?? "any";
    return argumentAs(argument, parameter, call.name, index);
  });
  const types = args.map(({ type }) => type);
  const collation = args.find((argument) => argument.collation)?.collation;
  const use: Use = { types, context: scope.context, datePart: call.datePart ?? "" };
  return {
    type: builtIn.type(types),
    nullable: builtIn.nullable || (!builtIn.acceptsNull && args.some((argument) => argument.nullable)),
    collation,
    value(frame) {
      const values = args.map((argument) => argument.value(frame));
      if (!builtIn.acceptsNull && values.includes(null)) return null;
      return builtIn.call(values, use);
    },
  };
}

function argumentAs(argument: Bound, parameter: Parameter, name: string, index: number): Bound {
  if (parameter === "any") return argument;
  const family = familyOf(argument.type);
  // 8116: the functions take no sql_variant; the query has to cast it.
  if (family === "variant") throw sqlError(8116, argument.type.name, index + 1, name.toLowerCase());
  if (parameter === "int") return coerce(argument, argument.type.name === "bigint" ? argument.type : int);
  if (parameter === "date") return family === "date" ? argument : asDate(argument, name);
  if (family === "character" || (family === "binary" && name === "SUBSTRING")) return argument;
  return coerce(argument, characterType("varchar", argument.isNull ? 1 : textLength(argument.type)));
}

/** Text is converted with all of its digits; but DATEADD of a text is a datetime. */
function asDate(argument: Bound, name: string): Bound {
  const isFine = familyOf(argument.type) === "character" && name !== "DATEADD";
  const type: SqlType = isFine ? { name: "datetime2", scale: 7 } : { name: "datetime" };
  return { ...argument, type, value: (frame) => convertValue(argument.value(frame), argument.type, type) };
}

function hostFunction(name: string, shortName: string, args: readonly Bound[], scope: Scope): Bound {
  const { session } = scope.context;
  const found = session.host.scalarFunction(name) ?? session.host.scalarFunction(shortName);
  if (!found)
    throw name.includes(".")
      ? sqlError(4121, name.split(".")[0] as string, name)
      : sqlError(195, shortName, "built-in function name");
  return {
    type: found.type(args.map(({ type }) => type)),
    nullable: true,
    value: (frame): SqlValue =>
      found.call(
        args.map((argument) => ({ type: argument.type, value: argument.value(frame) })),
        session,
      ),
  };
}

/** ISNULL has the type of its first argument; COALESCE has the type with the highest precedence. */
function isNull(args: readonly Bound[]): Bound {
  const [first, second] = args;
  if (!first || !second || args.length !== 2) throw sqlError(174, "isnull", 2);
  const type = first.isNull ? second.type : first.type;
  const fallback = coerce(second, type);
  return {
    type,
    nullable: second.nullable,
    collation: first.collation ?? second.collation,
    value: (frame) => first.value(frame) ?? fallback.value(frame),
  };
}

function coalesce(args: readonly Bound[]): Bound {
  if (args.every((argument) => argument.isNull)) throw sqlError(4127);
  const type = unified(args);
  const values = args.map((argument) => coerce(argument, type));
  return {
    type,
    nullable: args.every((argument) => argument.nullable),
    value(frame) {
      for (const candidate of values) {
        const value = candidate.value(frame);
        if (value !== null) return value;
      }
      return null;
    },
  };
}

function nullIf(args: readonly Bound[]): Bound {
  const [first, second] = args;
  if (!first || !second || args.length !== 2) throw sqlError(174, "nullif", 2);
  const isSame = equality(first, second);
  return {
    ...first,
    nullable: true,
    digits: undefined,
    origin: undefined,
    value: (frame) => (isSame(frame) ? null : first.value(frame)),
  };
}
