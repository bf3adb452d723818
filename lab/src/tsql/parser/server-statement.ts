import { notSpoken } from "../not-spoken";
import type { ServerStatement } from "../syntax/server-statement";
import { alterAvailabilityGroup, createAvailabilityGroup } from "./availability-group";
import { alterCertificate, createCertificate } from "./certificate";
import { type Cursor, identifier, integerLiteral, stringLiteral } from "./cursor";
import { alterDatabase, backup, createDatabase, dropDatabase, encryptionKey } from "./database";
import { dbcc } from "./dbcc";
import { endpoint } from "./endpoint";
import { alterLogin, alterMembership, createLogin, createUser, permission } from "./principals";
import { restore } from "./restore";

/** Parses CREATE, ALTER, DROP, BACKUP, GRANT, REVOKE, DENY and DBCC. */
export function serverStatement(cursor: Cursor): ServerStatement {
  if (cursor.accept("CREATE")) return create(cursor);
  if (cursor.accept("ALTER")) return alter(cursor);
  if (cursor.accept("DROP")) return drop(cursor);
  if (cursor.accept("BACKUP")) return backup(cursor);
  if (cursor.accept("DBCC")) return dbcc(cursor);
  if (cursor.accept("RESTORE")) return restore(cursor);
  if (cursor.accept("CHECKPOINT")) return { kind: "checkpoint" };
  if (cursor.accept("KILL")) return { kind: "kill", session: integerLiteral(cursor) };
  return permission(cursor);
}

/** Parses OPEN and CLOSE MASTER KEY; undefined where the word begins a statement on a cursor. */
export function masterKeyOfSession(cursor: Cursor): ServerStatement | undefined {
  if (cursor.accept("CLOSE", "MASTER", "KEY")) return { kind: "changeMasterKey", change: "close" };
  if (!cursor.accept("OPEN", "MASTER", "KEY")) return undefined;
  cursor.expect("DECRYPTION", "BY", "PASSWORD", "=");
  return { kind: "changeMasterKey", change: "open", password: stringLiteral(cursor) };
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
  if (cursor.accept("DATABASE", "ENCRYPTION", "KEY")) return encryptionKey(cursor);
  if (cursor.accept("DATABASE")) return createDatabase(cursor);
  if (cursor.accept("LOGIN")) return createLogin(cursor);
  if (cursor.accept("USER")) return createUser(cursor);
  if (acceptServerRole(cursor)) return createServerRole(cursor);
  return cursor.fail();
}

function alter(cursor: Cursor): ServerStatement {
  if (cursor.accept("ENDPOINT")) return endpoint(cursor, "alterEndpoint");
  if (cursor.accept("MASTER", "KEY")) {
    const isAdded = cursor.choose("ADD", "DROP") === "ADD";
    cursor.expect("ENCRYPTION", "BY", "SERVICE", "MASTER", "KEY");
    return { kind: "changeMasterKey", change: isAdded ? "addServiceKey" : "dropServiceKey" };
  }
  if (cursor.accept("CERTIFICATE")) return alterCertificate(cursor);
  if (cursor.accept("AUTHORIZATION")) {
    cursor.expect("ON", "ENDPOINT", "::");
    const name = identifier(cursor);
    cursor.expect("TO");
    return { kind: "alterAuthorization", name, owner: identifier(cursor) };
  }
  if (cursor.accept("AVAILABILITY", "GROUP")) return alterAvailabilityGroup(cursor);
  if (cursor.accept("DATABASE")) return alterDatabase(cursor);
  if (cursor.accept("LOGIN")) return alterLogin(cursor);
  if (acceptServerRole(cursor)) return alterMembership(cursor);
  return cursor.fail();
}

function drop(cursor: Cursor): ServerStatement {
  if (cursor.accept("MASTER", "KEY")) return { kind: "dropMasterKey" };
  if (cursor.accept("CERTIFICATE")) return { kind: "dropCertificate", name: identifier(cursor) };
  if (cursor.accept("ENDPOINT")) return { kind: "dropEndpoint", name: identifier(cursor) };
  if (cursor.accept("AVAILABILITY", "GROUP")) return { kind: "dropAvailabilityGroup", name: identifier(cursor) };
  if (cursor.accept("DATABASE", "ENCRYPTION", "KEY")) return { kind: "encryptionKey", change: "drop" };
  if (cursor.accept("DATABASE")) return dropDatabase(cursor);
  if (cursor.accept("LOGIN")) return { kind: "dropLogin", name: identifier(cursor) };
  if (cursor.accept("USER")) {
    const ifExists = cursor.accept("IF", "EXISTS");
    return { kind: "dropUser", name: identifier(cursor), ifExists };
  }
  if (acceptServerRole(cursor)) return { kind: "dropServerRole", name: identifier(cursor) };
  return cursor.fail();
}

function acceptServerRole(cursor: Cursor): boolean {
  if (cursor.at("ROLE")) cursor.raise(notSpoken("A role of a database"));
  return cursor.accept("SERVER", "ROLE");
}

function createServerRole(cursor: Cursor): ServerStatement {
  const name = identifier(cursor);
  if (cursor.accept("AUTHORIZATION")) identifier(cursor);
  return { kind: "createServerRole", name };
}
