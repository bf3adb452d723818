import { bit, int, nvarchar, sysname } from "../../tsql/types";
import { procedureNames } from "../procedures";
import type { Server } from "../server";
import { char, datetime, defineView, type View } from "./view";

export interface SystemObject {
  readonly id: number;
  readonly name: string;
  readonly type: readonly [code: "P" | "V", description: string];
  readonly created: Date;
}

/** What the instance really has: its views, and the procedures of its version. */
export function systemObjects(server: Server, viewNames: readonly string[]): SystemObject[] {
  const created = server.instance.databases.get("master")?.created ?? server.clock.now();
  const views = viewNames.map((name) => ({ name, type: ["V", "VIEW"] as const }));
  const procedures = procedureNames(server).map((name) => ({ name, type: ["P", "SQL_STORED_PROCEDURE"] as const }));
  return [...views, ...procedures].map((object) => ({ ...object, id: idOf(object.name), created }));
}

/** System objects have negative ids, which stay the same over versions. */
function idOf(name: string): number {
  let hash = 17;
  for (const character of name) hash = (hash * 31 + character.charCodeAt(0)) % 1_000_000_007;
  return -1 - hash;
}

const sysSchema = 4;

export const systemObjectsView = (viewNames: () => readonly string[]): View =>
  defineView<SystemObject>(
    ({ required, optional }) => [
      required("name", sysname, ({ name }) => name),
      required("object_id", int, ({ id }) => id),
      optional("principal_id", int, null),
      required("schema_id", int, sysSchema),
      required("parent_object_id", int, 0),
      optional("type", char(2), ({ type }) => type[0].padEnd(2)),
      optional("type_desc", nvarchar(60), ({ type }) => type[1]),
      required("create_date", datetime, ({ created }) => created),
      required("modify_date", datetime, ({ created }) => created),
      required("is_ms_shipped", bit, 1),
      required("is_published", bit, 0),
      required("is_schema_published", bit, 0),
    ],
    (server) => systemObjects(server, viewNames()),
  );
