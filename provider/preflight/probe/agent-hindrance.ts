import type { Sql } from "../../sql-server/connection";
import { sql } from "../../sql-server/tsql";
import type { NotRead } from "../told";

interface Row {
  readonly isLinux: number;
  readonly engineEdition: number | null;
  readonly instanceName: string | null;
  /** 4 is Running; null where no service is called so. */
  readonly agent: number | null;
}

/** Only a member of sysadmin may have a job run PowerShell as Agent's own account. */
export function missingRights({ instance }: Sql): NotRead | undefined {
  const { isSysadmin, isManagedInstance, login, name } = instance;
  if (isSysadmin) return undefined;
  return {
    why: `the login ${login} is not a member of sysadmin on ${name}, and only those may have a job run PowerShell`,
    remedy: [
      {
        how: isManagedInstance ? "managed-instance" : "sql-server",
        text: sql`ALTER SERVER ROLE sysadmin ADD MEMBER ${sql.identifier(login)}`.text,
      },
    ],
  };
}

/** Why no job can test the network from a SQL Server, and what would change that; undefined where one can, as far as one sees. */
export async function agentHindrance(server: Sql, fqdn: string): Promise<NotRead | undefined> {
  const [row] = await server.query<Row>(
    "see whether SQL Server Agent runs",
    sql`SELECT CASE WHEN @@VERSION LIKE N'%on Linux%' THEN 1 ELSE 0 END AS isLinux,
      CONVERT(int, SERVERPROPERTY('EngineEdition')) AS engineEdition,
      CONVERT(nvarchar(128), SERVERPROPERTY('InstanceName')) AS instanceName,
      (SELECT TOP (1) status FROM sys.dm_server_services WHERE servicename LIKE N'%Agent%') AS agent`,
  );
  const { name } = server.instance;
  if (!row) return undefined;
  if (row.isLinux === 1)
    return {
      why: `${name} runs on Linux, where SQL Server Agent does not run PowerShell`,
      remedy: [{ how: "shell", text: `timeout 20 bash -c '</dev/tcp/${fqdn}/5022' && echo reached` }],
    };
  if (row.engineEdition === 4)
    return {
      why: `${name} is an Express edition, which has no SQL Server Agent`,
      remedy: [{ how: "powershell", text: `Test-NetConnection ${fqdn} -Port 5022` }],
    };
  if (row.agent === 4 || row.agent === null) return undefined;
  const service = row.instanceName === null ? "SQLSERVERAGENT" : `SQLAgent$${row.instanceName}`;
  return {
    why: `SQL Server Agent does not run on ${name}`,
    remedy: [{ how: "powershell", text: `Start-Service '${service}'` }],
  };
}
