/** The grants behind SQLTablePrivileges and SQLColumnPrivileges: the owner has all of them. */
const grants = (privileges: readonly string[]) => `
  (SELECT t.object_id, GRANTEE = N'dbo', a.PRIVILEGE, IS_GRANTABLE = 'YES'
  FROM sys.tables t CROSS JOIN (${privileges.map((name) => `SELECT '${name}' AS PRIVILEGE`).join(" UNION ALL ")}) a
  UNION ALL
  SELECT p.major_id, USER_NAME(p.grantee_principal_id), p.permission_name, CASE p.state WHEN 'W' THEN 'YES' ELSE 'NO' END
  FROM sys.database_permissions p
  WHERE p.class = 1 AND p.state IN ('G', 'W') AND p.permission_name IN (${privileges.map((name) => `'${name}'`).join(", ")})) g`;

const table = `TABLE_QUALIFIER = CONVERT(sysname, DB_NAME()), TABLE_OWNER = CONVERT(sysname, SCHEMA_NAME(t.schema_id)),
    TABLE_NAME = CONVERT(sysname, t.name)`;
const grant = `GRANTOR = CONVERT(sysname, N'dbo'), GRANTEE = CONVERT(sysname, g.GRANTEE),
    PRIVILEGE = CONVERT(varchar(32), g.PRIVILEGE), IS_GRANTABLE = CONVERT(varchar(3), g.IS_GRANTABLE)`;

export const privilegeProcedures: readonly string[] = [
  `CREATE PROCEDURE sp_table_privileges @table_name nvarchar(384), @table_owner nvarchar(384) = NULL,
    @table_qualifier sysname = NULL, @fUsePattern bit = 1 AS
  SELECT ${table}, ${grant}
  FROM sys.tables t JOIN ${grants(["DELETE", "INSERT", "REFERENCES", "SELECT", "UPDATE"])} ON g.object_id = t.object_id
  WHERE t.name LIKE @table_name AND (@table_owner IS NULL OR SCHEMA_NAME(t.schema_id) LIKE @table_owner)
    AND (@table_qualifier IS NULL OR @table_qualifier = DB_NAME())
  ORDER BY 1, 2, 3, 6`,

  `CREATE PROCEDURE sp_column_privileges @table_name sysname, @table_owner sysname = NULL, @table_qualifier sysname = NULL,
    @column_name nvarchar(384) = NULL AS
  SELECT ${table}, COLUMN_NAME = CONVERT(sysname, c.name), ${grant}
  FROM sys.tables t JOIN ${grants(["INSERT", "REFERENCES", "SELECT", "UPDATE"])} ON g.object_id = t.object_id
  JOIN sys.columns c ON c.object_id = t.object_id
  WHERE t.name = @table_name AND (@table_owner IS NULL OR SCHEMA_NAME(t.schema_id) = @table_owner)
    AND (@table_qualifier IS NULL OR @table_qualifier = DB_NAME()) AND (@column_name IS NULL OR c.name LIKE @column_name)
  ORDER BY 1, 2, 3, 4, 7`,
];
