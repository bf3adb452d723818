import type { ServerStatement } from "../statements";
import { alterAvailabilityGroup, createAvailabilityGroup } from "./availability-group";
import { createCertificate } from "./certificate";
import { type Cursor, identifier, stringLiteral } from "./cursor";
import { alterDatabase, backup, createDatabase, dropDatabase } from "./database";
import { endpoint } from "./endpoint";
import { createLogin, dbcc, permission } from "./security";

/** CREATE, ALTER, DROP, BACKUP, GRANT, REVOKE, DENY, DBCC. */
export function serverStatement(cursor: Cursor): ServerStatement {
  if (cursor.accept("CREATE")) return create(cursor);
  if (cursor.accept("ALTER")) return alter(cursor);
  if (cursor.accept("DROP")) return drop(cursor);
  if (cursor.accept("BACKUP")) return backup(cursor);
  if (cursor.accept("DBCC")) return dbcc(cursor);
  return permission(cursor);
}

function create(cursor: Cursor): ServerStatement {
  if (cursor.accept("MASTER", "KEY")) {
    if (!cursor.accept("ENCRYPTION")) return { kind: "createMasterKey" };
    cursor.expect("BY", "PASSWORD", "=");
    return { kind: "createMasterKey", password: stringLiteral(cursor) };
  }
  if (cursor.accept("CERTIFICATE")) return createCertificate(cursor);
  if (cursor.accept("ENDPOINT")) return endpoint(cursor, "createEndpoint");
  if (cursor.accept("AVAILABILITY", "GROUP")) return createAvailabilityGroup(cursor);
  if (cursor.accept("DATABASE")) return createDatabase(cursor);
  if (cursor.accept("LOGIN")) return createLogin(cursor);
  return cursor.fail();
}

function alter(cursor: Cursor): ServerStatement {
  if (cursor.accept("ENDPOINT")) return endpoint(cursor, "alterEndpoint");
  if (cursor.accept("AVAILABILITY", "GROUP")) return alterAvailabilityGroup(cursor);
  if (cursor.accept("DATABASE")) return alterDatabase(cursor);
  return cursor.fail();
}

function drop(cursor: Cursor): ServerStatement {
  if (cursor.accept("MASTER", "KEY")) return { kind: "dropMasterKey" };
  if (cursor.accept("CERTIFICATE")) return { kind: "dropCertificate", name: identifier(cursor) };
  if (cursor.accept("ENDPOINT")) return { kind: "dropEndpoint", name: identifier(cursor) };
  if (cursor.accept("AVAILABILITY", "GROUP")) return { kind: "dropAvailabilityGroup", name: identifier(cursor) };
  if (cursor.accept("DATABASE")) return dropDatabase(cursor);
  if (cursor.accept("LOGIN")) return { kind: "dropLogin", name: identifier(cursor) };
  return cursor.fail();
}
