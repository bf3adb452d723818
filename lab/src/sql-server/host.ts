import type { Host } from "../tsql/host";
import { sqlError } from "../tsql/messages";
import { findTable } from "./catalog/index";
import { systemTableFunction } from "./catalog/table-functions";
import { refusedAccess } from "./database-access";
import { userName } from "./database-permissions";
import { executeStatement } from "./ddl/index";
import { scalarFunction } from "./functions";
import { globalVariable } from "./global-variables";
import { findByName } from "./names";
import { findProcedure } from "./procedures";
import type { Server } from "./server";
import { userDatabase } from "./user-database";

/** Gives the T-SQL language access to one instance. */
export function createHost(server: Server): Host {
  return {
    table: (name, session) => findTable(server, name, session),
    database: (name, session) => userDatabase(server, name, session),
    procedure: (name, session) => findProcedure(server, name, session),
    tableFunction: (name, session) => systemTableFunction(server, name, session),
    scalarFunction: (name) => scalarFunction(server, name),
    globalVariable: (name) => globalVariable(server.instance, name),
    execute: (statement, session, sink) => executeStatement(server, statement, session, sink),
    openDatabase(name, session) {
      const database = findByName(server.instance.databases, name);
      if (!database) throw sqlError(911, name);
      const refused = refusedAccess(server, database, session);
      if (refused) throw refused;
      return database.name;
    },
    userName: (session) => userName(server, session),
    now: () => server.clock.now(),
    sleep: (milliseconds, signal) => server.clock.sleep(milliseconds, signal),
  };
}
