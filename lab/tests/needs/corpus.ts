import { readFileSync } from "node:fs";
import { join } from "node:path";
import { labFolder } from "../support/place";

export type Side = "sqlServer" | "managedInstance";

/** A batch that somebody sends, and the answer that it has to get. */
export interface Need {
  /** Who sends it, or which document has it, and what it is for. */
  readonly title: string;
  readonly text: string;
  readonly sides: readonly Side[];
  /** The versions that know it. */
  readonly since: number;
  readonly until: number;
  readonly sets: readonly WantedSet[];
  /** The number of the error that it ends with. */
  readonly error?: number;
}

export interface WantedSet {
  readonly rows: number;
  readonly orMore: boolean;
  /** The columns in order. `value` is that of the first row, as text; "..." stands for any columns. */
  readonly columns: readonly { readonly name: string; readonly value?: string }[];
}

/**
 * Reads the batches of a file, which stand between lines of GO. Their comments say what is special: the first is the
 * title, `-- on both` and `-- on managedInstance` say where it is sent, `-- since 2017` and `-- only 2016` to which
 * versions, `--> 2+ rows: name = db1 | state | ...` what each result set has, and `--! 3906` the error. `$(Name)` is
 * filled in.
 */
export function needsOf(file: string): readonly Need[] {
  return readFileSync(join(labFolder, "tests", "needs", file), "utf8")
    .split(/^GO$/m)
    .map((batch) => batch.trim())
    .filter((batch) => batch !== "")
    .map(needOf);
}

/** Fills in the addresses of a lab. */
export function filled(need: Need, values: Readonly<Record<string, string>>): Need {
  const fill = (text: string) => text.replace(/\$\((\w+)\)/g, (whole, name: string) => values[name] ?? whole);
  return { ...needOf(fill(need.text)), title: need.title };
}

function needOf(batch: string): Need {
  const [title] = batch.match(/(?<=^-- ).*/) ?? [];
  if (!title) throw new Error(`no title: ${batch}`);
  const [side = "sqlServer"] = batch.match(/(?<=^-- on )\w+$/m) ?? [];
  const [since] = batch.match(/(?<=^-- since )\d+$/m) ?? [];
  const [only] = batch.match(/(?<=^-- only )\d+$/m) ?? [];
  const [error] = batch.match(/(?<=^--! )\d+$/m) ?? [];
  return {
    title,
    text: batch,
    since: Number(only ?? since ?? 0),
    until: Number(only ?? Number.POSITIVE_INFINITY),
    sides: side === "both" ? ["sqlServer", "managedInstance"] : [sideOf(side)],
    sets: [...batch.matchAll(/^--> (\d+)(\+?) rows?:(.*)$/gm)].map(([, rows, more, columns]) => ({
      rows: Number(rows),
      orMore: more === "+",
      columns: (columns ?? "").split(" | ").map(columnOf),
    })),
    error: error === undefined ? undefined : Number(error),
  };
}

function sideOf(side: string): Side {
  if (side === "sqlServer" || side === "managedInstance") return side;
  throw new Error(`"on ${side}" is no side`);
}

function columnOf(column: string): WantedSet["columns"][number] {
  const [name = "", value] = column.split(" = ");
  return { name: name.trim(), value: value?.trim() };
}
