import type { Session, Table } from "../../tsql/host";
import { notSpoken } from "../../tsql/not-spoken";
import type { ObjectName } from "../../tsql/syntax/object-name";
import { fold } from "../../tsql/values/collation";
import { isLeftOutView } from "../left-out";
import { findByName, nameKey } from "../names";
import type { Server } from "../server";
import { availabilityGroupViews } from "./availability-groups";
import { certificateViews } from "./certificates";
import { databaseStateViews } from "./database-states";
import { databaseViews } from "./databases";
import { endpointViews } from "./endpoints";
import { propertyViews } from "./extended-properties";
import { fabricViews } from "./fabric";
import { instanceViews } from "./instance";
import { jobTables, serviceViews } from "./jobs";
import { lockViews } from "./locks";
import { msdbTables } from "./msdb";
import { objectViews } from "./objects";
import { principalViews } from "./principals";
import { replicaStateViews } from "./replica-states";
import { seedingViews } from "./seeding";
import { sessionViews } from "./sessions";
import { tableOf, type View } from "./view";

/** Schema sys, visible in every database. */
export const systemViews: readonly View[] = [
  ...availabilityGroupViews,
  ...certificateViews,
  ...databaseStateViews,
  ...databaseViews,
  ...endpointViews,
  ...fabricViews,
  ...instanceViews,
  ...lockViews,
  ...objectViews(() => systemViews),
  ...principalViews,
  ...propertyViews,
  ...replicaStateViews,
  ...seedingViews,
  ...serviceViews,
  ...sessionViews,
];

const byName = (views: readonly View[]) => new Map(views.map((view) => [view.name, view]));
const schemas: Readonly<Record<string, ReadonlyMap<string, View>>> = { sys: byName(systemViews) };
const msdb = byName([...msdbTables, ...jobTables]);

/** Returns undefined where there is no such view (208). Throws where SQL Server has a view of that name and the lab does not. */
export function findTable(server: Server, { database, schema, name }: ObjectName, session: Session): Table | undefined {
  const found = findByName(server.instance.databases, database || session.database);
  if (!found) return undefined;
  const schemaName = fold(schema || "dbo");
  const isOfMsdb = schemaName === "dbo" && nameKey(found.name) === "msdb";
  const view = (isOfMsdb ? msdb : schemas[schemaName])?.get(fold(name));
  if (!view && isLeftOutView(nameKey(schemaName), fold(name))) throw notSpoken(`${schema}.${name}`);
  if (!view?.isIn(server.instance)) return undefined;
  const inDatabase: Session = database ? { ...session, database: found.name } : session;
  return tableOf(view.columns, server, (wanted) => view.rows(server, inDatabase, wanted));
}
