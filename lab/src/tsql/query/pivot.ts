import { aggregate, isAggregate } from "../functions/aggregates";
import { sqlError } from "../messages";
import type { TableSource } from "../syntax";
import { nvarchar, type SqlValue } from "../types";
import { fold, sameName } from "../values/collation";
import { keyOf } from "../values/compare";
import { convertValue } from "../values/convert";
import { bind } from "./bind";
import type { Source } from "./from";
import { resolveColumn, type Scope, type SourceColumn } from "./scope";

type Of<K extends TableSource["kind"]> = Extract<TableSource, { readonly kind: K }>;
type Row = readonly SqlValue[];

/** Groups by every column that neither the aggregate nor FOR names; each value of IN becomes a column. */
export function pivot({ aggregate: call, column, values, alias }: Of<"pivot">, source: Source, scope: Scope): Source {
  const inner: Scope = { ...scope, columns: source.columns, grouped: undefined };
  if (!isAggregate(call.name)) throw sqlError(195, call.name, "aggregate function");
  const args = call.args.map((argument) => bind(argument, inner));
  const found = aggregate(call.name, args, { distinct: false, star: false, order: [] });
  const named = (parts: readonly string[]): number => resolveColumn({ ...inner, outer: undefined }, parts).index;
  const by = named(column);
  const used = new Set([
    by,
    ...call.args.flatMap((argument) => (argument.kind === "column" ? [named(argument.parts)] : [])),
  ]);
  const kept = source.columns.flatMap((_, at) => (used.has(at) ? [] : [at]));
  const byColumn = source.columns[by] as SourceColumn;
  const wanted = values.map((value) => key(convertValue(value, nvarchar(128), byColumn.type)));
  const columns: SourceColumn[] = [
    ...kept.map((at) => ({ ...(source.columns[at] as SourceColumn), table: alias, schema: undefined })),
    ...values.map((name) => ({ name, type: found.type, nullable: found.nullable, table: alias })),
  ];
  return {
    columns,
    rows(outer) {
      const groups = new Map<string, { readonly first: Row; readonly rows: Row[] }>();
      for (const row of source.rows(outer)) {
        const text = kept.map((at) => key(row[at] ?? null)).join();
        const group = groups.get(text) ?? { first: row, rows: [] };
        group.rows.push(row);
        groups.set(text, group);
      }
      return [...groups.values()].map(({ first, rows }) => [
        ...kept.map((at) => first[at] ?? null),
        ...wanted.map((value) =>
          found.compute(rows.filter((row) => key(row[by] ?? null) === value).map((row) => ({ row, outer }))),
        ),
      ]);
    },
  };
}

const key = (value: SqlValue): string => JSON.stringify(keyOf(value, (text) => fold(text)));

/** Each of the columns becomes a row of its own, unless it is NULL. */
export function unpivot({ value, name, columns, alias }: Of<"unpivot">, source: Source): Source {
  const positions = columns.map((parts) => {
    const column = parts.at(-1) ?? "";
    const at = source.columns.findIndex((candidate) => sameName(candidate.name, column));
    if (at < 0) throw sqlError(207, column);
    return at;
  });
  const [first] = positions.map((at) => source.columns[at] as SourceColumn);
  // 8167: all of them have the same type, with its length.
  const other = positions.find((at) => JSON.stringify(source.columns[at]?.type) !== JSON.stringify(first?.type));
  if (other !== undefined) throw sqlError(8167, source.columns[other]?.name ?? "");
  const kept = source.columns.flatMap((_, at) => (positions.includes(at) ? [] : [at]));
  return {
    columns: [
      ...kept.map((at) => ({ ...(source.columns[at] as SourceColumn), table: alias, schema: undefined })),
      { name: value, type: first?.type ?? nvarchar(128), nullable: false, table: alias, collation: first?.collation },
      { name, type: nvarchar(128), nullable: true, table: alias },
    ],
    *rows(outer) {
      for (const row of source.rows(outer)) {
        for (const at of positions) {
          if ((row[at] ?? null) === null) continue;
          yield [...kept.map((position) => row[position] ?? null), row[at] ?? null, source.columns[at]?.name ?? ""];
        }
      }
    },
  };
}
