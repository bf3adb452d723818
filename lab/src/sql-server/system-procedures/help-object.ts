import { objectNamed } from "./object-named";

/** sp_help: all objects, or everything about one of them. */
export const helpObjectProcedures: readonly string[] = [
  `CREATE PROCEDURE sp_help @objname nvarchar(776) = NULL AS
  SET NOCOUNT ON
  IF @objname IS NULL
  BEGIN
    SELECT Name = o.name, Owner = CONVERT(sysname, 'dbo'), Object_type = CONVERT(nvarchar(31), LOWER(REPLACE(o.type_desc, '_', ' ')))
    FROM sys.all_objects o ORDER BY o.type_desc, o.name
    RETURN 0
  END
  ${objectNamed}
  SELECT Name = o.name, Owner = CONVERT(sysname, 'dbo'), Type = CONVERT(nvarchar(31), LOWER(REPLACE(o.type_desc, '_', ' '))), Created_datetime = o.create_date
  FROM sys.all_objects o WHERE o.object_id = @id
  IF EXISTS (SELECT 1 FROM sys.all_columns WHERE object_id = @id)
  BEGIN
    SELECT Column_name = c.name, Type = TYPE_NAME(c.user_type_id), Computed = CONVERT(varchar(35), CASE c.is_computed WHEN 1 THEN 'yes' ELSE 'no' END),
      Length = CONVERT(int, c.max_length), Prec = CASE WHEN TYPE_NAME(c.system_type_id) IN ('tinyint', 'smallint', 'int', 'bigint', 'decimal', 'numeric', 'float', 'real', 'money', 'smallmoney')
        THEN CONVERT(char(5), c.precision) ELSE '     ' END,
      Scale = CASE WHEN TYPE_NAME(c.system_type_id) IN ('tinyint', 'smallint', 'int', 'bigint', 'decimal', 'numeric', 'money', 'smallmoney') THEN CONVERT(char(5), c.scale) ELSE '     ' END,
      Nullable = CONVERT(varchar(35), CASE c.is_nullable WHEN 1 THEN 'yes' ELSE 'no' END),
      TrimTrailingBlanks = CONVERT(varchar(35), CASE WHEN TYPE_NAME(c.system_type_id) IN ('char', 'varchar', 'binary', 'varbinary') THEN 'no' ELSE '(n/a)' END),
      FixedLenNullInSource = CONVERT(varchar(35), CASE WHEN TYPE_NAME(c.system_type_id) NOT IN ('char', 'varchar', 'binary', 'varbinary') THEN '(n/a)' WHEN c.is_nullable = 1 THEN 'yes' ELSE 'no' END),
      Collation = c.collation_name
    FROM sys.all_columns c WHERE c.object_id = @id ORDER BY c.column_id
    IF EXISTS (SELECT 1 FROM sys.identity_columns WHERE object_id = @id)
      SELECT [Identity] = name, Seed = CONVERT(numeric(38, 0), seed_value), Increment = CONVERT(numeric(38, 0), increment_value), [Not For Replication] = CONVERT(int, is_not_for_replication)
      FROM sys.identity_columns WHERE object_id = @id
    ELSE SELECT [Identity] = 'No identity column defined.', Seed = CONVERT(numeric(38, 0), NULL), Increment = CONVERT(numeric(38, 0), NULL), [Not For Replication] = CONVERT(int, NULL)
    SELECT [RowGuidCol] = 'No rowguidcol column defined.'
  END
  IF EXISTS (SELECT 1 FROM sys.parameters WHERE object_id = @id AND parameter_id > 0)
    SELECT Parameter_name = p.name, Type = TYPE_NAME(p.user_type_id), Length = CONVERT(int, p.max_length), Prec = CONVERT(int, p.precision),
      Scale = CONVERT(int, p.scale), Param_order = p.parameter_id, Collation = CONVERT(sysname, CASE WHEN TYPE_NAME(p.system_type_id) LIKE '%char' THEN SERVERPROPERTY('Collation') END)
    FROM sys.parameters p WHERE p.object_id = @id AND p.parameter_id > 0 ORDER BY p.parameter_id
  IF EXISTS (SELECT 1 FROM sys.tables WHERE object_id = @id)
  BEGIN
    SELECT Data_located_on_filegroup = CONVERT(sysname, 'PRIMARY')
    EXEC sp_helpindex @objname
    EXEC sp_helpconstraint @objname, 'nomsg'
  END
  RETURN 0`,

  `CREATE PROCEDURE sp_helpconstraint @objname nvarchar(776), @nomsg varchar(5) = 'msg' AS
  SET NOCOUNT ON
  ${objectNamed}
  IF @nomsg <> 'nomsg' SELECT [Object Name] = @objname
  IF EXISTS (SELECT 1 FROM sys.objects WHERE parent_object_id = @id AND type IN ('C', 'D', 'F', 'PK', 'UQ'))
    SELECT constraint_type = CONVERT(nvarchar(146), CASE k.type WHEN 'PK' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END + CASE i.type WHEN 1 THEN ' (clustered)' ELSE ' (non-clustered)' END),
      constraint_name = k.name, delete_action = CONVERT(nvarchar(9), '(n/a)'), update_action = CONVERT(nvarchar(9), '(n/a)'),
      status_enabled = CONVERT(varchar(8), '(n/a)'), status_for_replication = CONVERT(varchar(19), '(n/a)'),
      constraint_keys = CONVERT(nvarchar(2126), (SELECT STRING_AGG(COL_NAME(@id, c.column_id) + CASE c.is_descending_key WHEN 1 THEN '(-)' ELSE '' END, ', ') WITHIN GROUP (ORDER BY c.key_ordinal)
        FROM sys.index_columns c WHERE c.object_id = @id AND c.index_id = i.index_id))
    FROM sys.key_constraints k JOIN sys.indexes i ON i.object_id = @id AND i.index_id = k.unique_index_id WHERE k.parent_object_id = @id
    UNION ALL
    SELECT CASE c.parent_column_id WHEN 0 THEN 'CHECK Table Level ' ELSE 'CHECK on column ' + COL_NAME(@id, c.parent_column_id) END, c.name, '(n/a)', '(n/a)',
      CASE c.is_disabled WHEN 1 THEN 'Disabled' ELSE 'Enabled' END, 'Is_For_Replication', c.definition
    FROM sys.check_constraints c WHERE c.parent_object_id = @id
    UNION ALL
    SELECT 'DEFAULT on column ' + COL_NAME(@id, d.parent_column_id), d.name, '(n/a)', '(n/a)', '(n/a)', '(n/a)', d.definition
    FROM sys.default_constraints d WHERE d.parent_object_id = @id
    UNION ALL
    SELECT 'FOREIGN KEY', f.name, REPLACE(f.delete_referential_action_desc, '_', ' '), REPLACE(f.update_referential_action_desc, '_', ' '),
      CASE f.is_disabled WHEN 1 THEN 'Disabled' ELSE 'Enabled' END, 'Is_For_Replication',
      (SELECT STRING_AGG(COL_NAME(@id, c.parent_column_id), ', ') WITHIN GROUP (ORDER BY c.constraint_column_id) FROM sys.foreign_key_columns c
        WHERE c.constraint_object_id = f.object_id)
    FROM sys.foreign_keys f WHERE f.parent_object_id = @id
    ORDER BY 1, 2
  ELSE RAISERROR(15469, -1, -1, @objname)
  IF EXISTS (SELECT 1 FROM sys.foreign_keys WHERE referenced_object_id = @id)
    SELECT [Table is referenced by foreign key] = CONVERT(nvarchar(516), DB_NAME() + '.' + OBJECT_SCHEMA_NAME(f.parent_object_id) + '.' + OBJECT_NAME(f.parent_object_id) + ': ' + f.name)
    FROM sys.foreign_keys f WHERE f.referenced_object_id = @id ORDER BY 1
  ELSE RAISERROR(15470, -1, -1, @objname)
  RETURN 0`,
];
