import { typeFields } from "./drivers";

const typesOfClr = `SS_TYPE_CATALOG_NAME = CONVERT(sysname, NULL), SS_TYPE_SCHEMA_NAME = CONVERT(sysname, NULL),
    SS_UDT_CATALOG_NAME = CONVERT(sysname, NULL), SS_UDT_SCHEMA_NAME = CONVERT(sysname, NULL),
    SS_UDT_ASSEMBLY_TYPE_NAME = CONVERT(sysname, NULL), SS_XML_SCHEMACOLLECTION_CATALOG_NAME = CONVERT(sysname, NULL),
    SS_XML_SCHEMACOLLECTION_SCHEMA_NAME = CONVERT(sysname, NULL), SS_XML_SCHEMACOLLECTION_NAME = CONVERT(sysname, NULL),`;

/** Parameters of procedures and functions, first what they return: every procedure returns an int. */
const columnsOf = (newColumns: string) => `
  SELECT PROCEDURE_QUALIFIER = CONVERT(sysname, DB_NAME()), PROCEDURE_OWNER = CONVERT(sysname, SCHEMA_NAME(o.schema_id)),
    PROCEDURE_NAME = CONVERT(nvarchar(134), o.name + CASE o.type WHEN 'P' THEN ';1' ELSE ';0' END),
    COLUMN_NAME = CONVERT(sysname, CASE c.parameter_id WHEN 0 THEN '@RETURN_VALUE' ELSE c.name END),
    COLUMN_TYPE = CONVERT(smallint, CASE WHEN c.parameter_id = 0 THEN 5 WHEN c.is_output = 1 THEN 2 ELSE 1 END),
    ${typeFields.dataType},
    TYPE_NAME = CONVERT(sysname, t.name),
    ${typeFields.size},
    NULLABLE = CONVERT(smallint, c.is_nullable), REMARKS = CONVERT(varchar(254), NULL),
    COLUMN_DEF = CONVERT(nvarchar(4000), NULL),
    ${typeFields.sqlDataType},
    ORDINAL_POSITION = CONVERT(int, c.parameter_id),
    IS_NULLABLE = CONVERT(varchar(254), CASE c.is_nullable WHEN 1 THEN 'YES' ELSE 'NO' END),
    ${newColumns}
    ${typeFields.ssDataType}
  FROM (SELECT object_id, parameter_id, name, system_type_id, max_length, precision, scale, is_output, is_nullable FROM sys.parameters
    UNION ALL SELECT object_id, 0, N'', 56, 4, 10, 0, 1, 0 FROM sys.procedures) c
  JOIN sys.objects o ON o.object_id = c.object_id JOIN sys.types t ON t.user_type_id = c.system_type_id
  WHERE (o.name LIKE @procedure_name OR (@fUsePattern = 0 AND o.name = @procedure_name))
    AND (@procedure_owner IS NULL OR SCHEMA_NAME(o.schema_id) LIKE @procedure_owner)
    AND (@procedure_qualifier IS NULL OR @procedure_qualifier = DB_NAME())
    AND (@column_name IS NULL OR CASE c.parameter_id WHEN 0 THEN '@RETURN_VALUE' ELSE c.name END LIKE @column_name)
  ORDER BY 1, 2, 3, 18`;

const create = (name: string, newColumns: string) => `CREATE PROCEDURE ${name} @procedure_name nvarchar(390) = '%',
  @procedure_owner nvarchar(384) = NULL, @procedure_qualifier sysname = NULL, @column_name nvarchar(384) = NULL,
  @ODBCVer int = 2, @fUsePattern bit = 1 AS ${columnsOf(newColumns)}`;

export const procedureColumnProcedures: readonly string[] = [
  create("sp_sproc_columns", ""),
  create("sp_sproc_columns_90", typesOfClr),
  create("sp_sproc_columns_100", typesOfClr),
];
