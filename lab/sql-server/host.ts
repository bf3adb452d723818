import type { Host } from "../tsql/host";
import { sqlError } from "../tsql/messages";
import { findTable } from "./catalog/index";
import { databaseUser, userName } from "./database-permissions";
import { executeStatement } from "./ddl/index";
import { scalarFunction } from "./functions";
import { globalVariable } from "./global-variables";
import { findByName } from "./names";
import { findProcedure } from "./procedures";
import type { Server } from "./server";
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
      if (!databaseUser(server, database, session)) throw sqlError(916, session.login, database.name);
      if (database.state !== "ONLINE") throw sqlError(927, database.name);
      return database.name;
    },
    userName: (session) => userName(server, session),
    now: () => server.clock.now(),
    sleep: (milliseconds, signal) => server.clock.sleep(milliseconds, signal),
  };
}
