import type { Session } from "../tsql/host";
import { sqlError } from "../tsql/messages";
import { findByName } from "./names";
import { consequence } from "./refusals";
import type { Server } from "./server";

/** Permissions that a wider one includes ("Permissions: Database Engine"). */
const includedIn: Readonly<Record<string, readonly string[]>> = {
  "VIEW ANY DEFINITION": ["ALTER ANY AVAILABILITY GROUP", "ALTER ANY ENDPOINT"],
  "CREATE AVAILABILITY GROUP": ["ALTER ANY AVAILABILITY GROUP"],
  "CREATE ENDPOINT": ["ALTER ANY ENDPOINT"],
  "CREATE ANY DATABASE": ["ALTER ANY DATABASE"],
  "VIEW SERVER STATE": ["ALTER SERVER STATE"],
  "VIEW SERVER PERFORMANCE STATE": ["VIEW SERVER STATE", "ALTER SERVER STATE"],
};

export function hasPermission({ instance }: Server, session: Session, permission: string): boolean {
  if (session.isSysadmin) return true;
  const granted = findByName(instance.logins, session.login)?.permissions;
  return ["CONTROL SERVER", permission, ...(includedIn[permission] ?? [])].some((name) => granted?.has(name));
}

/** 2022 divides VIEW SERVER STATE in two. */
export function serverStatePermission({ instance }: Server): string {
  return instance.majorVersion >= 2022 ? "VIEW SERVER PERFORMANCE STATE" : "VIEW SERVER STATE";
}

/** 300 and then 297, as every dynamic view of the server answers without VIEW SERVER STATE. */
export function requireServerState(server: Server, session: Session): void {
  const permission = serverStatePermission(server);
  if (!hasPermission(server, session, permission))
    throw consequence(sqlError(300, permission, "server", "master"), 297);
}

export function requirePermission(server: Server, session: Session, permission: string): void {
  if (!hasPermission(server, session, permission)) throw sqlError(15247);
}

/** Whether catalog views show what the login was given nothing on. */
export function seesDefinitions(server: Server, session: Session): boolean {
  return hasPermission(server, session, "VIEW ANY DEFINITION");
}
