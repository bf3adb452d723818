import { systemObjectId } from "../../tsql/functions/objects";
import { procedureNames } from "../procedures";
import type { Server } from "../server";
import { objectFields, type UserObject, type userObjects, viewFields } from "./user-objects";
import { defineView, type View } from "./view";

interface SystemObject {
  readonly id: number;
  readonly name: string;
  readonly type: readonly [code: "P" | "V", description: string];
  readonly created: Date;
}

/** What the instance really has: its views, and the procedures of its version. */
function systemObjects(server: Server, viewNames: readonly string[]): SystemObject[] {
  const created = server.instance.databases.get("master")?.created ?? server.clock.now();
  const views = viewNames.map((name) => ({ name, type: ["V", "VIEW"] as const }));
  const procedures = procedureNames(server).map((name) => ({ name, type: ["P", "SQL_STORED_PROCEDURE"] as const }));
  return [...views, ...procedures].map((object) => ({ ...object, id: systemObjectId(object.name), created }));
}

const sysSchema = 4;

/** A system object as sys.objects shows a user's. */
function asObject({ id, name, type, created }: SystemObject): UserObject {
  return { id, name, schemaId: sysSchema, parentId: 0, type, created, modified: created };
}

/** sys.system_objects, and with the user's objects sys.all_objects. */
export const systemObjectsView = (viewNames: () => readonly string[], ofUsers: typeof userObjects = () => []): View =>
  defineView<UserObject>(
    (fields) => objectFields(fields, (object) => Number(object.schemaId === sysSchema)),
    (server, session) => [...ofUsers(server, session), ...systemObjects(server, viewNames()).map(asObject)],
  );

export const systemViewsView = (viewNames: () => readonly string[], ofUsers: typeof userObjects = () => []): View =>
  defineView<UserObject>(viewFields, (server, session) =>
    [...ofUsers(server, session), ...systemObjects(server, viewNames()).map(asObject)].filter(
      ({ type }) => type[0] === "V",
    ),
  );
