import { randomBytes } from "node:crypto";
import { bind } from "../query/bind";
import type { Bound, Context } from "../query/scope";
import type { StoredColumn } from "./store";

/** What a column has where nothing is given; undefined: no DEFAULT. */
export function defaultValue(column: StoredColumn, context: Context): Bound | undefined {
  const { type } = column;
  const expression = column.default?.value;
  if (!expression) return undefined;
  // 302 anywhere else, and in an expression around it.
  if (expression.kind === "call" && expression.name === "NEWSEQUENTIALID" && type.name === "uniqueidentifier")
    return { type, nullable: false, value: nextId };
  return bind(expression, { context, columns: [], commonTables: new Map() });
}

/** NEWSEQUENTIALID(): each greater than the one before, since the server started. What is shown first counts least. */
const started = randomBytes(16);
started[6] = 0x11;
started[7] = ((started[7] ?? 0) & 0x0f) | 0xe0;
started[8] = ((started[8] ?? 0) & 0x3f) | 0x80;
let given = started.readUInt32LE(0) & 0x7fffffff;

function nextId(): string {
  const id = Buffer.from(started);
  id.writeUInt32LE(given++);
  return id
    .toString("hex")
    .toUpperCase()
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
