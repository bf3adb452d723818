import type { ConnectionPool } from "mssql";

/** What a user may have made, each with the statement that takes it away. Views first, then what they stand on. */
const made = [
  "SELECT N'DROP AVAILABILITY GROUP ' + QUOTENAME(name) FROM sys.availability_groups ORDER BY is_distributed DESC",
  "SELECT N'DROP ENDPOINT ' + QUOTENAME(name) FROM sys.database_mirroring_endpoints",
  "SELECT N'DROP DATABASE ' + QUOTENAME(name) FROM sys.databases WHERE database_id > 4 AND name <> N'db1'",
  "SELECT N'DROP VIEW ' + QUOTENAME(s.name) + N'.' + QUOTENAME(o.name) FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id WHERE o.type = 'V'",
  "SELECT N'DROP PROCEDURE ' + QUOTENAME(s.name) + N'.' + QUOTENAME(o.name) FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id WHERE o.type = 'P'",
  "SELECT N'DROP TABLE ' + QUOTENAME(s.name) + N'.' + QUOTENAME(o.name) FROM sys.objects o JOIN sys.schemas s ON s.schema_id = o.schema_id WHERE o.type = 'U'",
  "SELECT N'DROP SCHEMA ' + QUOTENAME(name) FROM sys.schemas WHERE schema_id > 4 AND schema_id < 16384",
  "SELECT N'DROP LOGIN ' + QUOTENAME(name) FROM sys.server_principals WHERE type = 'S' AND principal_id > 1 AND name NOT LIKE N'##%'",
  "SELECT N'DROP CERTIFICATE ' + QUOTENAME(name) FROM sys.certificates WHERE name NOT LIKE N'##%'",
  "SELECT N'DROP MASTER KEY' FROM sys.symmetric_keys WHERE symmetric_key_id = 101",
];

/** Makes the server as new. What stands in another's way is gone after the second time. */
export async function tidyUp(administrator: ConnectionPool): Promise<void> {
  for (let time = 0; time < 2; time++) {
    for (const query of made) {
      const { recordset } = await administrator.request().batch<Record<"", string>>(query);
      for (const row of recordset)
        await administrator
          .request()
          .batch(row[""])
          .catch(() => undefined);
    }
  }
}
