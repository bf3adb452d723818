import type { Session } from "../../tsql/host";
import { setRole } from "../group-roles";
import { findByName, nameKey } from "../names";
import { hasPermission } from "../permissions";
import { labRefusal, missing } from "../refusals";
import type { Server } from "../server";
import { leave } from "./create-group";
import { checkGroupStatement, distributedGroupsOver } from "./group-checks";

export function dropGroup(server: Server, name: string, session: Session): void {
  const { instance } = server;
  checkGroupStatement(server, "DROP AVAILABILITY GROUP", session);
  const group = findByName(instance.groups, name);
  if (!group || !hasPermission(server, session, "ALTER ANY AVAILABILITY GROUP"))
    throw missing("drop", "availability group", name);
  const [above] = group.isDistributed ? [] : distributedGroupsOver(instance, group.name);
  // sys.messages has no error for this, and it is not documented what the engine does.
  if (above)
    throw labRefusal(
      `availability group '${group.name}' is a member of distributed availability group '${above.name}': drop that first`,
    );
  // A secondary that has lost its partner is on its own: its databases can be written to.
  if (group.isDistributed) setRole(instance, group, "PRIMARY");
  for (const databaseName of [...group.databases]) {
    const database = findByName(instance.databases, databaseName);
    if (database) leave(database, group);
  }
  instance.groups.delete(nameKey(name));
}
