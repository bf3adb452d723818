import type { ResultSink, Session } from "../../tsql/host";
import type { ServerStatement } from "../../tsql/syntax/server-statement";
import type { Server } from "../server";
import { alterGroup } from "./alter-group";
import { backUp } from "./backup";
import { alterCertificate, backupCertificate, createCertificate, dropCertificate } from "./certificate";
import { createGroup } from "./create-group";
import { alterDatabase, createDatabase, dropDatabase, renameDatabase } from "./database";
import { dropGroup } from "./drop-group";
import { encryptionKey } from "./encryption";
import { alterEndpoint, changeEndpointOwner, createEndpoint, dropEndpoint } from "./endpoint";
import { grant } from "./grant";
import { kill } from "./kill";
import { logSpace } from "./log-space";
import { alterLogin, alterServerRole, createLogin, dropLogin, serverRole } from "./logins";
import { changeMasterKey, createMasterKey, dropMasterKey } from "./master-key";
import { restore } from "./restore";
import { dbccTrace } from "./trace";
import { createUser, dropUser } from "./users";

/** Carries out a statement of the server: all checks come first, in the server's order, then the change as a whole. */
export async function executeStatement(
  server: Server,
  statement: ServerStatement,
  session: Session,
  sink: ResultSink,
): Promise<void> {
  switch (statement.kind) {
    case "createMasterKey":
      return createMasterKey(server, statement, session);
    case "dropMasterKey":
      return dropMasterKey(server, session);
    case "changeMasterKey":
      return changeMasterKey(server, statement, session);
    case "createCertificate":
      return createCertificate(server, statement, session, sink);
    case "alterCertificate":
      return alterCertificate(server, statement, session);
    case "dropCertificate":
      return dropCertificate(server, statement.name, session);
    case "backupCertificate":
      return backupCertificate(server, statement, session);
    case "createEndpoint":
      return createEndpoint(server, statement, session);
    case "alterEndpoint":
      return alterEndpoint(server, statement, session);
    case "alterAuthorization":
      return changeEndpointOwner(server, statement, session);
    case "dropEndpoint":
      return dropEndpoint(server, statement.name, session);
    case "createAvailabilityGroup":
      return createGroup(server, statement, session);
    case "alterAvailabilityGroup":
      return alterGroup(server, statement, session);
    case "dropAvailabilityGroup":
      return dropGroup(server, statement.name, session);
    case "alterDatabaseSet":
      return alterDatabase(server, statement, session);
    case "renameDatabase":
      return renameDatabase(server, statement, session);
    case "encryptionKey":
      return encryptionKey(server, statement, session);
    case "createDatabase":
      return createDatabase(server, statement, session);
    case "dropDatabase":
      return dropDatabase(server, statement, session);
    case "backupDatabase":
      return backUp(server, statement, session, sink);
    case "createLogin":
      return createLogin(server, statement, session);
    case "dropLogin":
      return dropLogin(server, statement.name, session);
    case "alterLogin":
      return alterLogin(server, statement, session);
    case "createServerRole":
    case "dropServerRole":
      return serverRole(server, statement, session);
    case "alterServerRole":
      return alterServerRole(server, statement, session);
    case "createUser":
      return createUser(server, statement, session);
    case "dropUser":
      return dropUser(server, statement.name, statement.ifExists, session);
    case "grant":
    case "revoke":
    case "deny":
      return grant(server, statement, session);
    case "restore":
      return restore(server, statement, session, sink);
    case "checkpoint":
      // CHECKPOINT has nothing to do: the lab keeps back no write.
      return;
    case "kill":
      return kill(server, statement, session);
    case "dbccLogSpace":
      return logSpace(server, session, sink);
    case "dbccTrace":
      return dbccTrace(server, statement, session, sink);
  }
}
