/** The catalog procedures behind the metadata calls of ODBC and JDBC ("Catalog stored procedures"). */
const tables = `
  SELECT TABLE_QUALIFIER = CONVERT(sysname, DB_NAME()), TABLE_OWNER = CONVERT(sysname, SCHEMA_NAME(o.schema_id)),
    TABLE_NAME = CONVERT(sysname, o.name),
    TABLE_TYPE = CONVERT(varchar(32), CASE WHEN o.type = 'U' THEN 'TABLE' ELSE 'VIEW' END),
    REMARKS = CONVERT(varchar(254), NULL)
  FROM sys.all_objects o
  WHERE o.type IN ('U', 'V') AND (@table_name IS NULL OR o.name LIKE @table_name)
    AND (@table_owner IS NULL OR SCHEMA_NAME(o.schema_id) LIKE @table_owner)
    AND (@table_qualifier IS NULL OR @table_qualifier = DB_NAME())
    AND (@table_type IS NULL OR (o.type = 'U' AND @table_type LIKE '%''TABLE''%') OR (o.type = 'V' AND @table_type LIKE '%''VIEW''%'))
  ORDER BY 4, 1, 2, 3`;

const primaryKeys = `
  SELECT TABLE_QUALIFIER = CONVERT(sysname, DB_NAME()), TABLE_OWNER = CONVERT(sysname, SCHEMA_NAME(t.schema_id)),
    TABLE_NAME = CONVERT(sysname, t.name), COLUMN_NAME = CONVERT(sysname, c.name),
    KEY_SEQ = CONVERT(smallint, ic.key_ordinal), PK_NAME = CONVERT(sysname, i.name)
  FROM sys.tables t JOIN sys.indexes i ON i.object_id = t.object_id AND i.is_primary_key = 1
  JOIN sys.index_columns ic ON ic.object_id = t.object_id AND ic.index_id = i.index_id
  JOIN sys.columns c ON c.object_id = t.object_id AND c.column_id = ic.column_id
  WHERE t.name = @table_name AND (@table_owner IS NULL OR SCHEMA_NAME(t.schema_id) = @table_owner)
  ORDER BY 1, 2, 3, 5`;

const statistics = `
  SELECT TABLE_QUALIFIER = CONVERT(sysname, DB_NAME()), TABLE_OWNER = CONVERT(sysname, SCHEMA_NAME(t.schema_id)),
    TABLE_NAME = CONVERT(sysname, t.name), NON_UNIQUE = CONVERT(smallint, NULL), INDEX_QUALIFIER = CONVERT(sysname, NULL),
    INDEX_NAME = CONVERT(sysname, NULL), TYPE = CONVERT(smallint, 0), SEQ_IN_INDEX = CONVERT(smallint, NULL),
    COLUMN_NAME = CONVERT(sysname, NULL), COLLATION = CONVERT(char(1), NULL), CARDINALITY = CONVERT(int, p.rows),
    PAGES = CONVERT(int, 1), FILTER_CONDITION = CONVERT(varchar(128), NULL)
  FROM sys.tables t JOIN sys.partitions p ON p.object_id = t.object_id AND p.index_id < 2
  WHERE t.name = @table_name AND (@table_owner IS NULL OR SCHEMA_NAME(t.schema_id) = @table_owner)
  UNION ALL
  SELECT CONVERT(sysname, DB_NAME()), CONVERT(sysname, SCHEMA_NAME(t.schema_id)), CONVERT(sysname, t.name),
    CONVERT(smallint, 1 - i.is_unique), CONVERT(sysname, t.name), CONVERT(sysname, i.name),
    CONVERT(smallint, CASE i.type WHEN 1 THEN 1 ELSE 3 END), CONVERT(smallint, ic.key_ordinal), CONVERT(sysname, c.name),
    CONVERT(char(1), 'A'), CONVERT(int, NULL), CONVERT(int, NULL), CONVERT(varchar(128), NULL)
  FROM sys.tables t JOIN sys.indexes i ON i.object_id = t.object_id AND i.index_id > 0
  JOIN sys.index_columns ic ON ic.object_id = t.object_id AND ic.index_id = i.index_id
  JOIN sys.columns c ON c.object_id = t.object_id AND c.column_id = ic.column_id
  WHERE t.name = @table_name AND (@table_owner IS NULL OR SCHEMA_NAME(t.schema_id) = @table_owner)
    AND (@index_name = '%' OR i.name = @index_name) AND (@is_unique <> 'Y' OR i.is_unique = 1)
  ORDER BY 4, 7, 6, 8`;

/** What ODBC is told of the type `t` of a column or a parameter `c`. */
const typeFields = {
  dataType: `DATA_TYPE = CONVERT(smallint, CASE t.name WHEN 'bit' THEN -7 WHEN 'tinyint' THEN -6 WHEN 'smallint' THEN 5
      WHEN 'int' THEN 4 WHEN 'bigint' THEN -5 WHEN 'real' THEN 7 WHEN 'float' THEN 6 WHEN 'decimal' THEN 3
      WHEN 'numeric' THEN 2 WHEN 'char' THEN 1 WHEN 'varchar' THEN 12 WHEN 'nchar' THEN -8 WHEN 'nvarchar' THEN -9
      WHEN 'binary' THEN -2 WHEN 'varbinary' THEN -3 WHEN 'uniqueidentifier' THEN -11 WHEN 'sql_variant' THEN -150
      WHEN 'date' THEN 91 WHEN 'time' THEN -154 WHEN 'datetimeoffset' THEN -155 ELSE 93 END)`,
  size: `[PRECISION] = CONVERT(int, CASE WHEN c.max_length = -1 THEN 0 WHEN t.name IN ('nchar', 'nvarchar') THEN c.max_length / 2
      WHEN t.name IN ('char', 'varchar', 'binary', 'varbinary') THEN c.max_length WHEN t.name = 'uniqueidentifier' THEN 36
      WHEN t.name = 'float' THEN 15 WHEN t.name = 'real' THEN 7 ELSE c.precision END),
    LENGTH = CONVERT(int, CASE WHEN c.max_length = -1 THEN 0 WHEN t.name IN ('decimal', 'numeric') THEN c.precision + 2
      WHEN t.name IN ('datetime', 'datetime2', 'smalldatetime') THEN 16 WHEN t.name = 'date' THEN 6 ELSE c.max_length END),
    SCALE = CONVERT(smallint, CASE WHEN t.name LIKE '%char' OR t.name LIKE '%binary' OR t.name IN ('float', 'real', 'uniqueidentifier', 'bit', 'sql_variant') THEN NULL ELSE c.scale END),
    RADIX = CONVERT(smallint, CASE WHEN t.name IN ('tinyint', 'smallint', 'int', 'bigint', 'decimal', 'numeric', 'float', 'real') THEN 10 END)`,
  sqlDataType: `SQL_DATA_TYPE = CONVERT(smallint, CASE t.name WHEN 'bit' THEN -7 WHEN 'tinyint' THEN -6 WHEN 'smallint' THEN 5
      WHEN 'int' THEN 4 WHEN 'bigint' THEN -5 WHEN 'real' THEN 7 WHEN 'float' THEN 6 WHEN 'decimal' THEN 3
      WHEN 'numeric' THEN 2 WHEN 'char' THEN 1 WHEN 'varchar' THEN 12 WHEN 'nchar' THEN -8 WHEN 'nvarchar' THEN -9
      WHEN 'binary' THEN -2 WHEN 'varbinary' THEN -3 WHEN 'uniqueidentifier' THEN -11 WHEN 'sql_variant' THEN -150
      WHEN 'time' THEN -154 WHEN 'datetimeoffset' THEN -155 ELSE 9 END),
    SQL_DATETIME_SUB = CONVERT(smallint, CASE WHEN t.name IN ('datetime', 'datetime2', 'smalldatetime') THEN 3 WHEN t.name = 'date' THEN 1 END),
    CHAR_OCTET_LENGTH = CONVERT(int, CASE WHEN t.name LIKE '%char' OR t.name LIKE '%binary' THEN CASE c.max_length WHEN -1 THEN 0 ELSE c.max_length END END)`,
  ssDataType: `SS_DATA_TYPE = CONVERT(tinyint, CASE WHEN t.name IN ('tinyint', 'smallint', 'int', 'bigint') THEN CASE c.is_nullable WHEN 1 THEN 38 ELSE CASE t.name WHEN 'tinyint' THEN 48 WHEN 'smallint' THEN 52 WHEN 'int' THEN 56 ELSE 63 END END
      WHEN t.name = 'bit' THEN 50 WHEN t.name LIKE 'n%char' THEN 39 WHEN t.name LIKE '%char' THEN 39 WHEN t.name LIKE '%binary' THEN 37
      WHEN t.name = 'datetime' THEN CASE c.is_nullable WHEN 1 THEN 111 ELSE 61 END WHEN t.name = 'decimal' THEN 106 WHEN t.name = 'numeric' THEN 108
      WHEN t.name = 'uniqueidentifier' THEN 37 WHEN t.name IN ('float', 'real') THEN 109 ELSE 0 END)`,
};

const columns = `
  SELECT TABLE_QUALIFIER = CONVERT(sysname, DB_NAME()), TABLE_OWNER = CONVERT(sysname, SCHEMA_NAME(o.schema_id)),
    TABLE_NAME = CONVERT(sysname, o.name), COLUMN_NAME = CONVERT(sysname, c.name),
    ${typeFields.dataType},
    TYPE_NAME = CONVERT(sysname, t.name + CASE c.is_identity WHEN 1 THEN ' identity' ELSE '' END),
    ${typeFields.size},
    NULLABLE = CONVERT(smallint, c.is_nullable), REMARKS = CONVERT(varchar(254), NULL),
    COLUMN_DEF = CONVERT(nvarchar(4000), (SELECT d.COLUMN_DEFAULT FROM INFORMATION_SCHEMA.COLUMNS d
      WHERE d.TABLE_NAME = o.name AND d.TABLE_SCHEMA = SCHEMA_NAME(o.schema_id) AND d.COLUMN_NAME = c.name)),
    ${typeFields.sqlDataType},
    ORDINAL_POSITION = CONVERT(int, c.column_id),
    IS_NULLABLE = CONVERT(varchar(254), CASE c.is_nullable WHEN 1 THEN 'YES' ELSE 'NO' END),
    @extra
    ${typeFields.ssDataType}
  FROM sys.all_columns c JOIN sys.all_objects o ON o.object_id = c.object_id
  JOIN sys.types t ON t.user_type_id = c.system_type_id
  WHERE o.type IN ('U', 'V') AND (@table_name IS NULL OR o.name LIKE @table_name)
    AND (@table_owner IS NULL OR SCHEMA_NAME(o.schema_id) LIKE @table_owner)
    AND (@column_name IS NULL OR c.name LIKE @column_name)
    AND (@table_qualifier IS NULL OR @table_qualifier = DB_NAME())
  ORDER BY 1, 2, 3, 17`;

const newColumns = `SS_IS_SPARSE = CONVERT(smallint, 0), SS_IS_COLUMN_SET = CONVERT(smallint, 0),
    SS_IS_COMPUTED = CONVERT(smallint, c.is_computed), SS_IS_IDENTITY = CONVERT(smallint, c.is_identity),
    SS_UDT_CATALOG_NAME = CONVERT(sysname, NULL), SS_UDT_SCHEMA_NAME = CONVERT(sysname, NULL),
    SS_UDT_ASSEMBLY_TYPE_NAME = CONVERT(sysname, NULL), SS_XML_SCHEMACOLLECTION_CATALOG_NAME = CONVERT(sysname, NULL),
    SS_XML_SCHEMACOLLECTION_SCHEMA_NAME = CONVERT(sysname, NULL), SS_XML_SCHEMACOLLECTION_NAME = CONVERT(sysname, NULL),`;

const tableParameters =
  "@table_name nvarchar(384) = NULL, @table_owner nvarchar(384) = NULL, @table_qualifier sysname = NULL";
const columnParameters = `${tableParameters}, @column_name nvarchar(384) = NULL, @ODBCVer int = 2, @fUsePattern bit = 1`;

const typeInformation = `
  SELECT TYPE_NAME = CONVERT(sysname, t.n), DATA_TYPE = CONVERT(smallint, t.d), [PRECISION] = CONVERT(int, t.p),
    LITERAL_PREFIX = CONVERT(varchar(32), t.a), LITERAL_SUFFIX = CONVERT(varchar(32), t.z),
    CREATE_PARAMS = CONVERT(varchar(32), t.c), NULLABLE = CONVERT(smallint, 1), CASE_SENSITIVE = CONVERT(smallint, 0),
    SEARCHABLE = CONVERT(smallint, CASE WHEN t.a IS NULL THEN 2 ELSE 3 END), UNSIGNED_ATTRIBUTE = CONVERT(smallint, CASE WHEN t.n = 'tinyint' THEN 1 WHEN t.a IS NULL THEN 0 END),
    MONEY = CONVERT(smallint, 0), AUTO_INCREMENT = CONVERT(smallint, CASE WHEN t.a IS NULL THEN 0 END),
    LOCAL_TYPE_NAME = CONVERT(sysname, t.n), MINIMUM_SCALE = CONVERT(smallint, t.l), MAXIMUM_SCALE = CONVERT(smallint, t.h),
    SQL_DATA_TYPE = CONVERT(smallint, CASE WHEN t.d IN (91, 93) THEN 9 ELSE t.d END),
    SQL_DATETIME_SUB = CONVERT(smallint, CASE t.d WHEN 91 THEN 1 WHEN 93 THEN 3 END),
    NUM_PREC_RADIX = CONVERT(int, CASE WHEN t.a IS NULL AND t.d <> -7 THEN 10 END), INTERVAL_PRECISION = CONVERT(smallint, NULL),
    USERTYPE = CONVERT(smallint, 0)
  FROM (SELECT 'sql_variant' AS n, -150 AS d, 8000 AS p, NULL AS a, NULL AS z, NULL AS c, 0 AS l, 0 AS h
    UNION ALL SELECT 'uniqueidentifier', -11, 36, '''', '''', NULL, NULL, NULL
    UNION ALL SELECT 'nvarchar', -9, 4000, 'N''', '''', 'max length', NULL, NULL
    UNION ALL SELECT 'sysname', -9, 128, 'N''', '''', NULL, NULL, NULL
    UNION ALL SELECT 'nchar', -8, 4000, 'N''', '''', 'length', NULL, NULL
    UNION ALL SELECT 'bit', -7, 1, NULL, NULL, NULL, 0, 0
    UNION ALL SELECT 'tinyint', -6, 3, NULL, NULL, NULL, 0, 0
    UNION ALL SELECT 'bigint', -5, 19, NULL, NULL, NULL, 0, 0
    UNION ALL SELECT 'varbinary', -3, 8000, '0x', NULL, 'max length', NULL, NULL
    UNION ALL SELECT 'binary', -2, 8000, '0x', NULL, 'length', NULL, NULL
    UNION ALL SELECT 'char', 1, 8000, '''', '''', 'length', NULL, NULL
    UNION ALL SELECT 'numeric', 2, 38, NULL, NULL, 'precision,scale', 0, 38
    UNION ALL SELECT 'decimal', 3, 38, NULL, NULL, 'precision,scale', 0, 38
    UNION ALL SELECT 'int', 4, 10, NULL, NULL, NULL, 0, 0
    UNION ALL SELECT 'smallint', 5, 5, NULL, NULL, NULL, 0, 0
    UNION ALL SELECT 'float', 6, 15, NULL, NULL, NULL, NULL, NULL
    UNION ALL SELECT 'real', 7, 7, NULL, NULL, NULL, NULL, NULL
    UNION ALL SELECT 'varchar', 12, 8000, '''', '''', 'max length', NULL, NULL
    UNION ALL SELECT 'date', 91, 10, '''', '''', NULL, NULL, 0
    UNION ALL SELECT 'datetime2', 93, 27, '''', '''', 'scale', 0, 7
    UNION ALL SELECT 'datetime', 93, 23, '''', '''', NULL, 3, 3
    UNION ALL SELECT 'smalldatetime', 93, 16, '''', '''', NULL, 0, 0
    UNION ALL SELECT 'time', -154, 16, '''', '''', 'scale', 0, 7
    UNION ALL SELECT 'datetimeoffset', -155, 34, '''', '''', 'scale', 0, 7) t
  WHERE @data_type = 0 OR t.d = @data_type ORDER BY 2, 12, 11, 20`;

export const driverProcedures: readonly string[] = [
  `CREATE PROCEDURE sp_tables ${tableParameters}, @table_type varchar(100) = NULL, @fUsePattern bit = 1 AS ${tables}`,
  `CREATE PROCEDURE sp_columns ${columnParameters} AS ${columns.replace("@extra", "")}`,
  `CREATE PROCEDURE sp_columns_90 ${columnParameters} AS ${columns.replace("@extra", "")}`,
  `CREATE PROCEDURE sp_columns_100 ${columnParameters} AS ${columns.replace("@extra", newColumns)}`,
  `CREATE PROCEDURE sp_columns_170 ${columnParameters} AS ${columns.replace("@extra", newColumns)}`,
  `CREATE PROCEDURE sp_pkeys @table_name sysname, @table_owner sysname = NULL, @table_qualifier sysname = NULL AS ${primaryKeys}`,
  ...["sp_statistics", "sp_statistics_100"].map(
    (
      name,
    ) => `CREATE PROCEDURE ${name} @table_name sysname, @table_owner sysname = NULL, @table_qualifier sysname = NULL,
  @index_name sysname = '%', @is_unique char(1) = 'N', @accuracy char(1) = 'Q' AS ${statistics}`,
  ),
  ...["sp_datatype_info", "sp_datatype_info_90", "sp_datatype_info_100"].map(
    (name) => `CREATE PROCEDURE ${name} @data_type int = 0, @ODBCVer tinyint = 2 AS ${typeInformation}`,
  ),

  ...["sp_special_columns", "sp_special_columns_90", "sp_special_columns_100"].map(
    (
      name,
    ) => `CREATE PROCEDURE ${name} @table_name sysname, @table_owner sysname = NULL, @table_qualifier sysname = NULL,
  @col_type char(1) = 'R', @scope char(1) = 'T', @nullable char(1) = 'U', @ODBCVer int = 2 AS
  SELECT SCOPE = CONVERT(smallint, 0), COLUMN_NAME = CONVERT(sysname, c.name), DATA_TYPE = CONVERT(smallint, i.DATA_TYPE),
    i.TYPE_NAME, i.[PRECISION], i.LENGTH, i.SCALE, PSEUDO_COLUMN = CONVERT(smallint, 1)
  FROM sys.tables t JOIN sys.indexes x ON x.object_id = t.object_id AND x.is_primary_key = 1
  JOIN sys.index_columns ic ON ic.object_id = t.object_id AND ic.index_id = x.index_id
  JOIN sys.columns c ON c.object_id = t.object_id AND c.column_id = ic.column_id
  JOIN (SELECT user_type_id, TYPE_NAME = CONVERT(sysname, name), DATA_TYPE = CASE name WHEN 'int' THEN 4 WHEN 'bigint' THEN -5
    WHEN 'smallint' THEN 5 WHEN 'tinyint' THEN -6 WHEN 'nvarchar' THEN -9 WHEN 'varchar' THEN 12 WHEN 'uniqueidentifier' THEN -11
    ELSE 93 END, [PRECISION] = CONVERT(int, precision), LENGTH = CONVERT(int, max_length), SCALE = CONVERT(smallint, scale)
    FROM sys.types) i ON i.user_type_id = c.system_type_id
  WHERE t.name = @table_name AND (@table_owner IS NULL OR SCHEMA_NAME(t.schema_id) = @table_owner) AND @col_type = 'R'
  ORDER BY ic.key_ordinal`,
  ),

  `CREATE PROCEDURE sp_fkeys @pktable_name sysname = NULL, @pktable_owner sysname = NULL, @pktable_qualifier sysname = NULL,
  @fktable_name sysname = NULL, @fktable_owner sysname = NULL, @fktable_qualifier sysname = NULL AS
  SELECT PKTABLE_QUALIFIER = CONVERT(sysname, DB_NAME()), PKTABLE_OWNER = CONVERT(sysname, SCHEMA_NAME(p.schema_id)),
    PKTABLE_NAME = CONVERT(sysname, p.name), PKCOLUMN_NAME = CONVERT(sysname, pc.name),
    FKTABLE_QUALIFIER = CONVERT(sysname, DB_NAME()), FKTABLE_OWNER = CONVERT(sysname, SCHEMA_NAME(t.schema_id)),
    FKTABLE_NAME = CONVERT(sysname, t.name), FKCOLUMN_NAME = CONVERT(sysname, tc.name),
    KEY_SEQ = CONVERT(smallint, fc.constraint_column_id),
    UPDATE_RULE = CONVERT(smallint, CASE f.update_referential_action WHEN 0 THEN 1 WHEN 1 THEN 0 ELSE f.update_referential_action END),
    DELETE_RULE = CONVERT(smallint, CASE f.delete_referential_action WHEN 0 THEN 1 WHEN 1 THEN 0 ELSE f.delete_referential_action END),
    FK_NAME = CONVERT(sysname, f.name), PK_NAME = CONVERT(sysname, i.name), DEFERRABILITY = CONVERT(smallint, 7)
  FROM sys.foreign_keys f JOIN sys.tables p ON p.object_id = f.referenced_object_id
  JOIN sys.tables t ON t.object_id = f.parent_object_id
  JOIN sys.foreign_key_columns fc ON fc.constraint_object_id = f.object_id
  JOIN sys.columns pc ON pc.object_id = p.object_id AND pc.column_id = fc.referenced_column_id
  JOIN sys.columns tc ON tc.object_id = t.object_id AND tc.column_id = fc.parent_column_id
  LEFT JOIN sys.indexes i ON i.object_id = p.object_id AND i.index_id = f.key_index_id
  WHERE (@pktable_name IS NULL OR p.name = @pktable_name) AND (@pktable_owner IS NULL OR SCHEMA_NAME(p.schema_id) = @pktable_owner)
    AND (@fktable_name IS NULL OR t.name = @fktable_name) AND (@fktable_owner IS NULL OR SCHEMA_NAME(t.schema_id) = @fktable_owner)
  ORDER BY 5, 6, 7, 9`,

  `CREATE PROCEDURE sp_databases AS
  SELECT DATABASE_NAME = d.name, DATABASE_SIZE = CONVERT(int, (SELECT SUM(CONVERT(bigint, f.size)) FROM sys.master_files f WHERE f.database_id = d.database_id) * 8),
    REMARKS = CONVERT(varchar(254), NULL)
  FROM sys.databases d WHERE HAS_DBACCESS(d.name) = 1 ORDER BY 1`,

  `CREATE PROCEDURE sp_stored_procedures @sp_name nvarchar(390) = NULL, @sp_owner nvarchar(384) = NULL,
  @sp_qualifier sysname = NULL, @fUsePattern bit = 1 AS
  SELECT PROCEDURE_QUALIFIER = CONVERT(sysname, DB_NAME()), PROCEDURE_OWNER = CONVERT(sysname, SCHEMA_NAME(o.schema_id)),
    PROCEDURE_NAME = CONVERT(nvarchar(134), o.name + ';1'), NUM_INPUT_PARAMS = CONVERT(int, -1),
    NUM_OUTPUT_PARAMS = CONVERT(int, -1), NUM_RESULT_SETS = CONVERT(int, -1), REMARKS = CONVERT(varchar(254), NULL),
    PROCEDURE_TYPE = CONVERT(smallint, 2)
  FROM sys.all_objects o WHERE o.type = 'P' AND (@sp_name IS NULL OR o.name LIKE @sp_name)
    AND (@sp_owner IS NULL OR SCHEMA_NAME(o.schema_id) LIKE @sp_owner)
  ORDER BY 1, 2, 3`,

  `CREATE PROCEDURE sp_server_info @attribute_id int = NULL AS
  SELECT attribute_id = CONVERT(int, a.i), attribute_name = CONVERT(varchar(60), a.n), attribute_value = CONVERT(varchar(255), a.v)
  FROM (SELECT 1 AS i, 'DBMS_NAME' AS n, 'Microsoft SQL Server' AS v
    UNION ALL SELECT 2, 'DBMS_VER', 'Microsoft SQL Server - ' + CONVERT(varchar(128), SERVERPROPERTY('ProductVersion'))
    UNION ALL SELECT 10, 'OWNER_TERM', 'owner'
    UNION ALL SELECT 11, 'TABLE_TERM', 'table'
    UNION ALL SELECT 12, 'MAX_OWNER_NAME_LENGTH', '128'
    UNION ALL SELECT 13, 'TABLE_LENGTH', '128'
    UNION ALL SELECT 14, 'MAX_QUAL_LENGTH', '128'
    UNION ALL SELECT 15, 'COLUMN_LENGTH', '128'
    UNION ALL SELECT 16, 'IDENTIFIER_CASE', 'MIXED'
    UNION ALL SELECT 17, 'TX_ISOLATION', '2'
    UNION ALL SELECT 18, 'COLLATION_SEQ', 'charset=iso_1 sort_order=nocase_iso charset_num=1 sort_order_num=52'
    UNION ALL SELECT 19, 'SAVEPOINT_SUPPORT', 'Y'
    UNION ALL SELECT 20, 'MULTI_RESULT_SETS', 'Y'
    UNION ALL SELECT 22, 'ACCESSIBLE_TABLES', 'Y'
    UNION ALL SELECT 100, 'USERID_LENGTH', '128'
    UNION ALL SELECT 101, 'QUALIFIER_TERM', 'database'
    UNION ALL SELECT 102, 'NAMED_TRANSACTIONS', 'Y'
    UNION ALL SELECT 103, 'SPROC_AS_LANGUAGE', 'Y'
    UNION ALL SELECT 104, 'ACCESSIBLE_SPROC', 'Y'
    UNION ALL SELECT 105, 'MAX_INDEX_COLS', '16'
    UNION ALL SELECT 106, 'RENAME_TABLE', 'Y'
    UNION ALL SELECT 107, 'RENAME_COLUMN', 'Y'
    UNION ALL SELECT 108, 'DROP_COLUMN', 'Y'
    UNION ALL SELECT 109, 'INCREASE_COLUMN_LENGTH', 'Y'
    UNION ALL SELECT 110, 'DDL_IN_TRANSACTION', 'Y'
    UNION ALL SELECT 111, 'DESCENDING_INDEXES', 'Y'
    UNION ALL SELECT 112, 'SP_RENAME', 'Y'
    UNION ALL SELECT 113, 'REMOTE_SPROC', 'Y'
    UNION ALL SELECT 500, 'SYS_SPROC_VERSION', CONVERT(varchar(128), SERVERPROPERTY('ProductVersion'))) a
  WHERE @attribute_id IS NULL OR a.i = @attribute_id ORDER BY a.i`,
];
