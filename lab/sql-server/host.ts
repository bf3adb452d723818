import type { Host } from "../tsql/host";
import { sqlError } from "../tsql/messages";
import { findTable } from "./catalog/index";
import { executeStatement } from "./ddl/index";
import { scalarFunction } from "./functions";
import { globalVariable } from "./global-variables";
import { findByName } from "./names";
import { hasPermission } from "./permissions";
import { findProcedure } from "./procedures";
import { isSystemDatabase, type Server } from "./server";
import { userDatabase } from "./user-database";

/** What the T-SQL language finds on one instance. */
export function createHost(server: Server): Host {
  return {
    table: (name, session) => findTable(server, name, session),
    database: (name, session) => userDatabase(server, name, session),
    procedure: (name) => findProcedure(server, name),
    scalarFunction: (name) => scalarFunction(server, name),
    globalVariable: (name) => globalVariable(server.instance, name),
    execute: (statement, session, sink) => executeStatement(server, statement, session, sink),
    openDatabase(name, session) {
      const database = findByName(server.instance.databases, name);
      if (!database) throw sqlError(911, name);
      // guest has no access but to master, tempdb and msdb.
      const isOpenToAll = isSystemDatabase(name) && database.name !== "model";
      if (!isOpenToAll && !hasPermission(server, session, "CONNECT ANY DATABASE"))
        throw sqlError(916, session.login, database.name);
      if (database.state !== "ONLINE") throw sqlError(927, database.name);
      return database.name;
    },
    now: () => server.clock.now(),
    sleep: (milliseconds, signal) => server.clock.sleep(milliseconds, signal),
  };
}
