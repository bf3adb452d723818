import { sqlError } from "../messages";
import type { TableSource } from "../syntax";
import { type Column, int, type SqlType, type SqlValue } from "../types";
import { fold } from "../values/collation";
import { compareValues } from "../values/compare";
import { convertValue, textOf } from "../values/convert";
import { commonType, familyOf, isNational } from "../values/type-rules";
import { bind, coerce } from "./bind";
import { exposed, type Source } from "./from";
import { jsonTable } from "./json-table";
import type { Bound, Frame, Scope } from "./scope";

export type FunctionSource = Extract<TableSource, { readonly kind: "function" }>;
type Row = readonly SqlValue[];
export interface FunctionTable {
  readonly columns: readonly Column[];
  rows(frame: Frame): Iterable<Row>;
}

const own: Readonly<
  Record<string, ((args: readonly Bound[], source: FunctionSource, scope: Scope) => FunctionTable) | undefined>
> = {
  STRING_SPLIT: stringSplit,
  GENERATE_SERIES: generateSeries,
  OPENJSON: (args, source, scope) => jsonTable(args, source.columns, scope),
};

/** A function in FROM: one of the language's or of the server's. */
export function tableFunction(source: FunctionSource, scope: Scope): Source {
  const { name, args } = source;
  const bound = args.map((argument) =>
    // DEFAULT is NULL to the functions of the server.
    bind(argument.kind === "default" ? { kind: "null" } : argument, { ...scope, columns: [], grouped: undefined }),
  );
  const isBuiltIn = name.schema === undefined && Object.hasOwn(own, name.name.toUpperCase());
  const table =
    (isBuiltIn ? own[name.name.toUpperCase()] : undefined)?.(bound, source, scope) ?? hostTable(bound, source, scope);
  const { columnNames, alias = name.name } = source;
  const columns = table.columns.map((column, at) => ({ ...column, name: columnNames[at] ?? column.name }));
  return { columns: exposed(columns, { table: alias }), rows: (outer) => table.rows({ row: [], outer }) };
}

function hostTable(args: readonly Bound[], { name }: FunctionSource, { context }: Scope): FunctionTable {
  const { session } = context;
  const found = session.host.tableFunction?.(name, session);
  // 195 for a name without a schema, as only the language's own functions have none.
  if (!found)
    throw name.schema === undefined
      ? sqlError(195, name.name, "built-in function name")
      : sqlError(208, [name.database, name.schema, name.name].filter(Boolean).join("."));
  return {
    columns: found.columns,
    rows: (frame) => found.rows(args.map((argument) => ({ type: argument.type, value: argument.value(frame) }))),
  };
}

function requireCount(name: string, args: readonly Bound[], fewest: number, most: number): void {
  if (args.length < fewest) throw sqlError(313, name);
  if (args.length > most) throw sqlError(8144, name);
}

const asText = (bound: Bound, frame: Frame): string | null => {
  const value = bound.value(frame);
  return value === null ? null : textOf(value, bound.type);
};

function stringSplit(args: readonly Bound[]): FunctionTable {
  requireCount("string_split", args, 2, 3);
  const [text, separator, ordinal] = args as [Bound, Bound, Bound?];
  for (const [index, argument] of [text, separator].entries())
    if (!argument.isNull && familyOf(argument.type) !== "character")
      throw sqlError(8116, argument.type.name, index + 1, "string_split");
  const isNumbered = ordinal !== undefined && Number(ordinal.value({ row: [] })) === 1;
  const type: SqlType = familyOf(text.type) === "character" ? text.type : { name: "varchar", length: 8000 };
  const varying: SqlType = {
    name: isNational(type) ? "nvarchar" : "varchar",
    length: "length" in type ? type.length : 8000,
  };
  const value: Column = { name: "value", type: varying, nullable: true };
  return {
    columns: isNumbered ? [value, { name: "ordinal", type: { name: "bigint" }, nullable: false }] : [value],
    rows(frame) {
      const [whole, by] = [asText(text, frame), asText(separator, frame)];
      // 214: one character separates.
      if (by?.length !== 1) throw sqlError(214, "separator", "nchar(1)/nvarchar(1)");
      if (whole === null) return [];
      return split(whole, by).map((part, at) => (isNumbered ? [part, BigInt(at + 1)] : [part]));
    },
  };
}

/** By the collation: a letter separates in either case. */
function split(text: string, by: string): string[] {
  if (fold(by) === by.toUpperCase()) return text.split(by);
  return text.split(new RegExp(by.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "i"));
}

function generateSeries(args: readonly Bound[]): FunctionTable {
  requireCount("generate_series", args, 2, 3);
  const type = args.map((argument) => argument.type).reduce(commonType);
  if (familyOf(type) !== "integer" && familyOf(type) !== "decimal") throw sqlError(5373);
  const [start, stop, step] = args.map((argument) => coerce(argument, type));
  return {
    columns: [{ name: "value", type, nullable: true }],
    rows(frame) {
      const [first, last] = [start?.value(frame) ?? null, stop?.value(frame) ?? null];
      if (first === null || last === null) return [];
      const isUpward = compareValues(first, last, type) <= 0;
      const given = step ? step.value(frame) : convertValue(isUpward ? 1 : -1, int, type);
      if (given === null) return [];
      return series(
        BigInt(first as number),
        BigInt(last as number),
        BigInt(given as number),
        typeof first === "bigint",
      );
    },
  };
}

function* series(from: bigint, to: bigint, step: bigint, isWide: boolean): Generator<Row> {
  if (step === 0n) throw sqlError(4199, "GENERATE_SERIES");
  for (let at = from; step > 0n ? at <= to : at >= to; at += step) yield [isWide ? at : Number(at)];
}
