import { azureCli, azureCli2023 } from "./azure/azure-cli";
import { armSql, azureMgmtSql } from "./azure/sdk";
import type { AzureClient, SqlClient } from "./client";
import { freetds } from "./sql/freetds";
import { goMssqldb } from "./sql/go-mssqldb";
import { mssql } from "./sql/mssql";
import { mssqlJdbc } from "./sql/mssql-jdbc";
import { mssqlPython, pymssql, pythonTds } from "./sql/python-clients";

/** All programs that judge the lab. */
export const clients: readonly (SqlClient | AzureClient)[] = [
  mssql,
  freetds,
  goMssqldb,
  mssqlJdbc,
  mssqlPython,
  pymssql,
  pythonTds,
  azureCli2023,
  azureCli,
  azureMgmtSql,
  armSql,
];
