import type { Session } from "../../tsql/host";
import type { ExtendedProperty } from "../../tsql/stored";
import type { SqlValue } from "../../tsql/types";
import { sameName } from "../../tsql/values/collation";
import type { Server } from "../server";
import { storedObjects } from "./objects";
import { type Row, type View, view } from "./view";

const properties = (server: Server, session: Session): ExtendedProperty[] =>
  storedObjects(server, session).flatMap((object) => (object.kind === "database" ? object.properties : []));

export const propertyViews: readonly View[] = [
  view(
    "extended_properties",
    "class tinyint CODED = 0 'DATABASE', major_id int NOT NULL, minor_id int NOT NULL, name sysname NOT NULL, value sql_variant",
    (server, session) => properties(server, session).map(({ name, value }) => ({ name, value })),
  ),
];

/** fn_listextendedproperty(name, NULL, ...) lists properties of the database: nothing else has any here. */
export function listedProperties(server: Server, session: Session, [wanted, level]: readonly SqlValue[]): Row[] {
  return properties(server, session)
    .filter(({ name }) => level === null && (wanted === null || sameName(name, String(wanted))))
    .map(({ name, value }) => ({ name, value }));
}
