import type { Session } from "../../tsql/host";
import { sqlError } from "../../tsql/messages";
import type { CreateMasterKey } from "../../tsql/statements";
import { mayInDatabase } from "../database-permissions";
import { newGuid } from "../names";
import { checkPasswordPolicy } from "../password-policy";
import { missing } from "../refusals";
import { currentKeyStore, type Server } from "../server";

export function createMasterKey(server: Server, statement: CreateMasterKey, session: Session): void {
  if (!mayInDatabase(server, session, "CONTROL")) throw sqlError(15247);
  const store = currentKeyStore(server, session);
  if (store.masterKey) throw sqlError(15578);
  // Without a password it is a statement of Azure SQL Database only.
  if (statement.password === undefined) throw sqlError(102, "KEY");
  checkPasswordPolicy(statement.password);
  store.masterKey = { guid: newGuid(), created: server.clock.now() };
}

export function dropMasterKey(server: Server, session: Session): void {
  if (!mayInDatabase(server, session, "CONTROL")) throw sqlError(15247);
  const store = currentKeyStore(server, session);
  if (!store.masterKey) throw missing("drop", "symmetric key", "##MS_DatabaseMasterKey##");
  const dependent = [...store.certificates.values()].find(
    ({ privateKey, isKeyEncryptedByPassword }) => privateKey && !isKeyEncryptedByPassword,
  );
  if (dependent) throw sqlError(15580, "master key", "certificate", dependent.name);
  store.masterKey = undefined;
}
