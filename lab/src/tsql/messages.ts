/**
 * The part of `sys.messages` that the lab raises: number, severity, text with %s and %d for its arguments.
 * Texts and severities: facts of the documentation's "Database engine events and errors" pages.
 */
const templates: Readonly<Record<number, readonly [severity: number, text: string]>> = {
  102: [15, "Incorrect syntax near '%s'."],
  103: [15, "The identifier that starts with '%s' is too long. Maximum length is %d."],
  104: [
    16,
    "ORDER BY items must appear in the select list if the statement contains a UNION, INTERSECT or EXCEPT operator.",
  ],
  105: [15, "Unclosed quotation mark after the character string '%s'."],
  107: [15, "The column prefix '%s' does not match with a table name or alias name used in the query."],
  108: [16, "The ORDER BY position number %d is out of range of the number of items in the select list."],
  109: [
    15,
    "There are more columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.",
  ],
  110: [
    15,
    "There are fewer columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.",
  ],
  113: [15, "Missing end comment mark '*/'."],
  116: [16, "Only one expression can be specified in the select list when the subquery is not introduced with EXISTS."],
  117: [15, "The %s name '%s' contains more than the maximum number of prefixes. The maximum is %d."],
  119: [
    15,
    "Must pass parameter number %d and subsequent parameters as '@name = value'. After the form '@name = value' has been used, all subsequent parameters must be passed in the form '@name = value'.",
  ],
  120: [
    15,
    "The select list for the INSERT statement contains fewer items than the insert list. The number of SELECT values must match the number of INSERT columns.",
  ],
  121: [
    15,
    "The select list for the INSERT statement contains more items than the insert list. The number of SELECT values must match the number of INSERT columns.",
  ],
  130: [16, "Cannot perform an aggregate function on an expression containing an aggregate or a subquery."],
  131: [15, "The size (%d) given to the type '%s' exceeds the maximum allowed for any data type (%d)."],
  132: [
    15,
    "The label '%s' has already been declared. Label names must be unique within a query batch or stored procedure.",
  ],
  133: [15, "A GOTO statement references the label '%s' but the label has not been declared."],
  134: [
    15,
    "The variable name '%s' has already been declared. Variable names must be unique within a query batch or stored procedure.",
  ],
  137: [15, 'Must declare the scalar variable "%s".'],
  141: [
    15,
    "A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.",
  ],
  144: [15, "Cannot use an aggregate or a subquery in an expression used for the group by list of a GROUP BY clause."],
  145: [15, "ORDER BY items must appear in the select list if SELECT DISTINCT is specified."],
  147: [
    15,
    "An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.",
  ],
  148: [15, "Incorrect time syntax in time string '%s' used with WAITFOR."],
  155: [15, "'%s' is not a recognized %s."],
  156: [15, "Incorrect syntax near the keyword '%s'."],
  164: [15, "Each GROUP BY expression must contain at least one column that is not an outer reference."],
  168: [15, "The floating point value '%s' is out of the range of computer representation (%d bytes)."],
  174: [15, "The %s function requires %d argument(s)."],
  178: [15, "A RETURN statement with a return value cannot be used in this context."],
  179: [15, "Cannot use the OUTPUT option when passing a constant to a stored procedure."],
  189: [15, "The %s function requires %d to %d arguments."],
  191: [
    15,
    "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries.",
  ],
  195: [15, "'%s' is not a recognized %s."],
  201: [16, "Procedure or function '%s' expects parameter '%s', which was not supplied."],
  205: [
    16,
    "All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.",
  ],
  206: [16, "Operand type clash: %s is incompatible with %s"],
  196: [15, "SELECT INTO must be the first query in a SQL statement containing a UNION, INTERSECT or EXCEPT operator."],
  207: [16, "Invalid column name '%s'."],
  208: [16, "Invalid object name '%s'."],
  209: [16, "Ambiguous column name '%s'."],
  213: [16, "Column name or number of supplied values does not match table definition."],
  214: [16, "Procedure expects parameter '%s' of type '%s'."],
  217: [16, "Maximum stored procedure, function, trigger, or view nesting level exceeded (limit %d)."],
  220: [16, "Arithmetic overflow error for data type %s, value = %s."],
  226: [16, "%s statement not allowed within multi-statement transaction."],
  229: [14, "The %s permission was denied on the object '%s', database '%s', schema '%s'."],
  235: [16, "Cannot convert a char value to money. The char value has incorrect syntax."],
  241: [16, "Conversion failed when converting date and/or time from character string."],
  242: [16, "The conversion of a %s data type to a %s data type resulted in an out-of-range value."],
  244: [16, "The conversion of the %s value '%s' overflowed an %s column. Use a larger integer column."],
  245: [16, "Conversion failed when converting the %s value '%s' to data type %s."],
  248: [16, "The conversion of the %s value '%s' overflowed an int column."],
  257: [16, "Implicit conversion from data type %s to %s is not allowed. Use the CONVERT function to run this query."],
  258: [15, "Cannot call methods on %s."],
  259: [16, "Ad hoc updates to system catalogs are not allowed."],
  262: [14, "%s permission denied in database '%s'."],
  263: [16, "Must specify table to select from."],
  264: [
    16,
    "The column name '%s' is specified more than once in the SET clause or column list of an INSERT. A column cannot be assigned more than one value in the same clause. Modify the clause to make sure that a column is updated only once. If this statement updates or inserts columns into a view, column aliasing can conceal the duplication in your code.",
  ],
  266: [
    16,
    "Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = %d, current count = %d.",
  ],
  271: [
    16,
    'The column "%s" cannot be modified because it is either a computed column or is the result of a UNION operator.',
  ],
  272: [16, "Cannot update a timestamp column."],
  273: [
    16,
    "Cannot insert an explicit value into a timestamp column. Use INSERT with a column list to exclude the timestamp column, or insert a DEFAULT into the timestamp column.",
  ],
  281: [16, "%d is not a valid style number when converting from %s to a %s."],
  289: [16, "Cannot construct data type %s, some of the arguments have values which are not valid."],
  297: [16, "The user does not have permission to perform this action."],
  300: [14, "%s permission was denied on object '%s', database '%s'."],
  302: [
    16,
    "The newsequentialid() built-in function can only be used in a DEFAULT expression for a column of type 'uniqueidentifier' in a CREATE TABLE or ALTER TABLE statement. It cannot be combined with other operators to form a complex scalar expression.",
  ],
  305: [16, "The %s data type cannot be compared or sorted, except when using the IS NULL operator."],
  313: [16, "An insufficient number of arguments were supplied for the procedure or function %s."],
  319: [
    15,
    "Incorrect syntax near the keyword 'with'. If this statement is a common table expression, an xmlnamespaces clause or a change tracking context clause, the previous statement must be terminated with a semicolon.",
  ],
  321: [
    15,
    '"%s" is not a recognized table hints option. If it is intended as a parameter to a table-valued function or to the CHANGETABLE function, ensure that your database compatibility mode is set to 90.',
  ],
  336: [
    15,
    "Incorrect syntax near '%s'. If this is intended to be a common table expression, you need to explicitly terminate the previous statement with a semi-colon.",
  ],
  402: [16, "The data types %s and %s are incompatible in the %s operator."],
  408: [16, "A constant expression was encountered in the ORDER BY list, position %d."],
  448: [16, "Invalid collation '%s'."],
  468: [16, 'Cannot resolve the collation conflict between "%s" and "%s" in the %s operation.'],
  493: [
    16,
    "The column '%s' that was returned from the nodes() method cannot be used directly. It can only be used with one of the four XML data type methods, exist(), nodes(), query(), and value(), or in IS NULL and IS NOT NULL checks.",
  ],
  500: [
    16,
    "Trying to pass a table-valued parameter with %d column(s) where the corresponding user-defined table type requires %d column(s).",
  ],
  506: [16, 'The invalid escape character "%s" was specified in a LIKE predicate.'],
  512: [
    16,
    "Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.",
  ],
  515: [16, "Cannot insert the value NULL into column '%s', table '%s'; column does not allow nulls. %s fails."],
  517: [16, "Adding a value to a '%s' column caused an overflow."],
  529: [16, "Explicit conversion from data type %s to %s is not allowed."],
  535: [
    16,
    "The %s function resulted in an overflow. The number of dateparts separating two date/time instances is too large. Try to use %s with a less precise datepart.",
  ],
  536: [16, "Invalid length parameter passed to the %s function."],
  537: [16, "Invalid length parameter passed to the LEFT or SUBSTRING function."],
  544: [16, "Cannot insert explicit value for identity column in table '%s' when IDENTITY_INSERT is set to OFF."],
  545: [
    16,
    "Explicit value must be specified for identity column in table '%s' either when IDENTITY_INSERT is set to ON or when a replication user is inserting into a NOT FOR REPLICATION identity column.",
  ],
  547: [
    16,
    'The %s statement conflicted with the %s constraint "%s". The conflict occurred in database "%s", table "%s"%s.',
  ],
  574: [16, "%s statement cannot be used inside a user transaction."],
  628: [16, "Cannot issue SAVE TRANSACTION when there is no active transaction."],
  701: [17, "There is insufficient system memory in resource pool '%s' to run this query."],
  911: [16, "Database '%s' does not exist. Make sure that the name is entered correctly."],
  916: [14, 'The server principal "%s" is not able to access the database "%s" under the current security context.'],
  923: [
    14,
    "Database '%s' is in restricted mode. Only the database owner and members of the dbcreator and sysadmin roles can access it.",
  ],
  924: [14, "Database '%s' is already open and can only have one user at a time."],
  927: [14, "Database '%s' cannot be opened. It is in the middle of a restore."],
  942: [14, "Database '%s' cannot be opened because it is offline."],
  976: [
    14,
    "The target database, '%s', is participating in an availability group and is currently not accessible for queries. Either data movement is suspended or the availability replica is not enabled for read access. To allow read-only access to this and other databases in the availability group, enable read access to one or more secondary availability replicas in the group.  For more information, see the ALTER AVAILABILITY GROUP statement in SQL Server Books Online.",
  ],
  1001: [16, "Line %d: Length or precision specification %d is invalid."],
  1002: [16, "Line %d: Specified scale %d is invalid."],
  1007: [15, "The number '%s' is out of the range for numeric representation (maximum precision %d)."],
  1013: [
    16,
    'The objects "%s" and "%s" in the FROM clause have the same exposed names. Use correlation names to distinguish them.',
  ],
  1031: [15, "Percent values must be between 0 and 100."],
  1038: [
    15,
    'An object or column name is missing or empty. For SELECT INTO statements, verify each column has a name. For other statements, look for empty alias names. Aliases defined as "" or [] are not allowed. Change the alias to a valid name.',
  ],
  1060: [15, "The number of rows provided for a TOP or FETCH clauses row count parameter must be an integer."],
  1087: [15, 'Must declare the table variable "%s".'],
  1088: [16, 'Cannot find the object "%s" because it does not exist or you do not have permissions.'],
  1105: [
    17,
    "Could not allocate space for object '%s' in database '%s' because the '%s' filegroup is full due to lack of storage space or database files reaching the maximum allowed size. Note that UNLIMITED files are still limited to 16TB. Create the necessary space by dropping objects in the filegroup, adding additional files to the filegroup, or setting autogrowth on for existing files in the filegroup.",
  ],
  1205: [
    13,
    "Transaction (Process ID %d) was deadlocked on %s resources with another process and has been chosen as the deadlock victim. Rerun the transaction.",
  ],
  1222: [16, "Lock request time out period exceeded."],
  1223: [
    16,
    "Cannot release the application lock (Database Principal: '%s', Resource: '%s') because it is not currently held.",
  ],
  1465: [
    16,
    'Database "%s" database is not in full recovery mode on each of the server instances. The full recovery model is required for a database to participate in database mirroring or in an availability group.',
  ],
  1466: [
    16,
    'Database "%s" is read-only on one of the server instances which is incompatible with participating in database mirroring or in an availability group. Set the database to read-write mode, and retry the operation.',
  ],
  1467: [
    16,
    'Database "%s" is in emergency or suspect mode on one of the partners which is incompatible with participating in database mirroring or in an availability group.',
  ],
  1468: [
    16,
    'The operation cannot be performed on database "%s" because it is involved in a database mirroring session or an availability group. Some operations are not allowed on a database that is participating in a database mirroring session or in an availability group.',
  ],
  1469: [
    16,
    'Database "%s" is an auto-close database on one of the server instances, which is incompatible with participating in database mirroring or in an availability group.',
  ],
  1475: [
    16,
    'Database "%s" might contain bulk logged changes that have not been backed up. Take a log backup on the principal database or primary database. Then restore this backup either on the mirror database to enable database mirroring or on every secondary database to enable you to join it to the availability group.',
  ],
  1488: [
    16,
    'Database "%s" database is in single user mode which is incompatible with participating in database mirroring or in an availability group. Set database to multi-user mode, and retry the operation.',
  ],
  1505: [
    16,
    "The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name '%s' and the index name '%s'. The duplicate key value is %s.",
  ],
  1750: [16, "Could not create constraint or index. See previous errors."],
  1767: [16, "Foreign key '%s' references invalid table '%s'."],
  1776: [
    16,
    "There are no primary or candidate keys in the referenced table '%s' that match the referencing column list in the foreign key '%s'.",
  ],
  1779: [16, "Table '%s' already has a primary key defined on it."],
  1801: [16, "Database '%s' already exists. Choose a different database name."],
  1911: [16, "Column name '%s' does not exist in the target table or view."],
  1913: [16, "The operation failed because an index or statistics with name '%s' already exists on %s '%s'."],
  2209: [16, "XQuery: Syntax error near '%s'"],
  2389: [16, "XQuery [%s()]: 'value()' requires a singleton (or empty sequence), found operand of type '%s'"],
  2501: [16, 'Cannot find a table or object with the name "%s". Check the system catalog.'],
  2526: [16, "Incorrect DBCC statement. Check the documentation for the correct DBCC syntax and options."],
  2528: [10, "DBCC execution completed. If DBCC printed error messages, contact your system administrator."],
  2571: [14, "User '%s' does not have permission to run DBCC %s."],
  2601: [14, "Cannot insert duplicate key row in object '%s' with unique index '%s'. The duplicate key value is %s."],
  2627: [
    14,
    "Violation of %s constraint '%s'. Cannot insert duplicate key in object '%s'. The duplicate key value is %s.",
  ],
  2628: [16, "String or binary data would be truncated in table '%s', column '%s'. Truncated value: '%s'."],
  2705: [16, "Column names in each table must be unique. Column name '%s' in table '%s' is specified more than once."],
  2706: [11, "Table '%s' does not exist."],
  2714: [16, "There is already an object named '%s' in the database."],
  2715: [16, "Column, parameter, or variable #%d: Cannot find data type %s."],
  2727: [11, "Cannot find index '%s'."],
  2732: [16, "Error number %d is invalid. The number must be from %d through %d and it cannot be 50000."],
  2739: [16, "The text, ntext, and image data types are invalid for local variables."],
  2744: [16, "Multiple identity columns specified for table '%s'. Only one identity column per table is allowed."],
  2745: [16, "Process ID %d has raised user error %d, severity %d. SQL Server is terminating this process."],
  2749: [
    16,
    "Identity column '%s' must be of data type int, bigint, smallint, tinyint, or decimal or numeric with a scale of 0, unencrypted, and constrained to be nonnullable.",
  ],
  2750: [16, "Column or parameter '%s': Specified column precision %d is greater than the maximum precision of 38."],
  2754: [
    16,
    "Error severity levels greater than 18 can only be specified by members of the sysadmin role, using the WITH LOG option.",
  ],
  2760: [16, 'The specified schema name "%s" either does not exist or you do not have permission to use it.'],
  2786: [
    16,
    "The data type of substitution parameter %d does not match the expected type of the format specification.",
  ],
  2812: [16, "Could not find stored procedure '%s'."],
  3013: [16, "%s is terminating abnormally."],
  3014: [10, "%s successfully processed %s pages in %s seconds (%s MB/sec)."],
  3021: [16, "Cannot perform a backup or restore operation within a transaction."],
  3035: [
    16,
    'Cannot perform a differential backup for database "%s", because a current database backup does not exist. Perform a full database backup by reissuing BACKUP DATABASE, omitting the WITH DIFFERENTIAL option.',
  ],
  3147: [16, "Backup and restore operations are not allowed on database tempdb."],
  3201: [16, "Cannot open backup device '%s'. Operating system error %s."],
  3211: [10, "%d percent processed."],
  3262: [10, "The backup set on file %d is valid."],
  3621: [0, "The statement has been terminated."],
  3623: [16, "An invalid floating point operation occurred."],
  3701: [11, "Cannot %s the %s '%s', because it does not exist or you do not have permission."],
  3708: [16, "Cannot %s the %s '%s' because it is a system %s."],
  3726: [16, "Could not drop object '%s' because it is referenced by a FOREIGN KEY constraint."],
  3727: [16, "Could not drop constraint. See previous errors."],
  3728: [16, "'%s' is not a constraint."],
  3729: [16, "Cannot %s '%s' because it is being referenced by object '%s'."],
  3752: [
    16,
    "The database '%s' is currently joined to an availability group. Before you can drop the database, you need to remove it from the availability group.",
  ],
  3902: [16, "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION."],
  3903: [16, "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION."],
  3906: [16, 'Failed to update database "%s" because the database is read-only.'],
  3930: [
    16,
    "The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.",
  ],
  3931: [
    16,
    "The current transaction cannot be committed and cannot be rolled back to a savepoint. Roll back the entire transaction.",
  ],
  3951: [
    16,
    "Transaction failed in database '%s' because the statement was run under snapshot isolation but the transaction did not start in snapshot isolation. You cannot change the isolation level of the transaction to snapshot after the transaction has started unless the transaction was originally started under snapshot isolation level.",
  ],
  3952: [
    16,
    "Snapshot isolation transaction failed accessing database '%s' because snapshot isolation is not allowed in this database. Use ALTER DATABASE to allow snapshot isolation.",
  ],
  3960: [
    16,
    "Snapshot isolation transaction aborted due to update conflict. You cannot use snapshot isolation to access table '%s' directly or indirectly in database '%s' to update, delete, or insert the row that has been modified or deleted by another transaction. Retry the transaction or change the isolation level for the update/delete statement.",
  ],
  3998: [16, "Uncommittable transaction is detected at the end of the batch. The transaction is rolled back."],
  4035: [10, "Processed %d pages for database '%s', file '%s' on file %d."],
  4038: [16, "Cannot find file ID %d on device '%s'."],
  4060: [11, 'Cannot open database "%s" requested by the login. The login failed.'],
  4064: [11, "Cannot open user default database. Login failed."],
  4104: [16, 'The multi-part identifier "%s" could not be bound.'],
  4108: [15, "Windowed functions can only appear in the SELECT or ORDER BY clauses."],
  4109: [15, "Windowed functions cannot be used in the context of another windowed function or aggregate."],
  4112: [15, "The function '%s' must have an OVER clause with ORDER BY."],
  4113: [15, "The function '%s' is not a valid windowing function, and cannot be used with the OVER clause."],
  4121: [
    16,
    'Cannot find either column "%s" or the user-defined function or aggregate "%s", or the name is ambiguous.',
  ],
  4127: [16, "At least one of the arguments to COALESCE must be an expression that is not the NULL constant."],
  4145: [15, "An expression of non-boolean type specified in a context where a condition is expected, near '%s'."],
  4199: [16, "Argument value 0 is invalid for argument 3 of %s function."],
  4208: [
    16,
    "The statement %s is not allowed while the recovery model is SIMPLE. Use BACKUP DATABASE or change the recovery model using ALTER DATABASE.",
  ],
  4214: [16, "BACKUP LOG cannot be performed because there is no current database backup."],
  4613: [16, "Grantor does not have GRANT permission."],
  4617: [16, "Cannot grant, deny or revoke permissions to or from special roles."],
  4621: [16, "Permissions at the server scope can only be granted when the current database is master"],
  4624: [
    16,
    "Cannot grant, deny, or revoke permissions to sa, dbo, entity owner, information_schema, sys, or yourself.",
  ],
  4701: [16, 'Cannot find the object "%s" because it does not exist or you do not have permissions.'],
  4712: [16, "Cannot truncate table '%s' because it is being referenced by a FOREIGN KEY constraint."],
  4901: [
    16,
    "ALTER TABLE only allows columns to be added that can contain nulls, or have a DEFAULT definition specified, or the column being added is an identity or timestamp column, or alternatively if none of the previous conditions are satisfied the table must be empty to allow addition of this column. Column '%s' cannot be added to non-empty table '%s' because it does not satisfy these conditions.",
  ],
  4902: [16, 'Cannot find the object "%s" because it does not exist or you do not have permissions.'],
  4916: [16, "Could not enable or disable the constraint. See previous errors."],
  4917: [16, "Constraint '%s' does not exist."],
  4922: [16, "%s %s failed because one or more objects access this column."],
  4924: [16, "%s failed because column '%s' does not exist in table '%s'."],
  5011: [
    14,
    "User does not have permission to alter database '%s', the database does not exist, or the database is not in a state that allows access checks.",
  ],
  5058: [16, "Option '%s' cannot be set in database '%s'."],
  5061: [16, "ALTER DATABASE failed because a lock could not be placed on database '%s'. Try again later."],
  5069: [16, "ALTER DATABASE statement failed."],
  5074: [16, "The %s '%s' is dependent on %s '%s'."],
  5308: [
    16,
    "Windowed functions, aggregates and NEXT VALUE FOR functions do not support integer indices as ORDER BY clause expressions.",
  ],
  5309: [
    16,
    "Windowed functions, aggregates and NEXT VALUE FOR functions do not support constants as ORDER BY clause expressions.",
  ],
  5373: [
    16,
    "All the input parameters should be of the same type. Supported types are tinyint, smallint, int, bigint, decimal and numeric.",
  ],
  5812: [14, "You do not have permission to run the RECONFIGURE statement."],
  6101: [16, "Process ID %d is not a valid process ID. Choose a number between 1 and %d."],
  6102: [14, "User does not have permission to use the KILL statement."],
  6104: [16, "Cannot use KILL to kill your own process."],
  6106: [16, "Process ID %d is not an active process ID."],
  6107: [14, "Only user processes can be killed."],
  6401: [16, "Cannot roll back %s. No transaction or savepoint of that name was found."],
  6800: [
    16,
    "FOR XML AUTO requires at least one table for generating XML tags. Use FOR XML RAW or add a FROM clause with a table name.",
  ],
  6809: [
    16,
    "Unnamed tables cannot be used as XML identifiers as well as unnamed columns cannot be used for attribute names. Name unnamed columns/tables using AS in the SELECT statement.",
  ],
  6852: [
    16,
    "Attribute-centric column '%s' must not come after a non-attribute-centric sibling in XML hierarchy in FOR XML PATH.",
  ],
  6864: [16, "Row tag omission (empty row tag name) cannot be used with attribute-centric FOR XML serialization."],
  7119: [16, "Attempting to grow LOB beyond maximum allowed size of %d bytes."],
  7801: [15, "The required parameter %s was not specified."],
  7860: [
    15,
    "An endpoint's transport or content cannot be changed through the ALTER ENDPOINT statement. Use DROP ENDPOINT and execute the CREATE ENDPOINT statement to make these changes.",
  ],
  7862: [
    16,
    "An endpoint of the requested type already exists. Only one endpoint of this type is supported. Use ALTER ENDPOINT or DROP the existing endpoint and execute the CREATE ENDPOINT statement.",
  ],
  7863: [
    16,
    "The endpoint was not changed. The ALTER ENDPOINT statement did not contain any values to modify or update.",
  ],
  7873: [
    16,
    'The endpoint "%s" is a built-in endpoint and cannot be dropped. Use the protocol configuration utilities to ADD or DROP Transact-SQL endpoints.',
  ],
  7874: [
    16,
    "An endpoint already exists with the bindings specified. Only one endpoint supported for a specific binding. Use ALTER ENDPOINT or DROP the existing endpoint and execute the CREATE ENDPOINT statement.",
  ],
  7997: [16, "'%s' does not contain an identity column."],
  7998: [10, "Checking identity information: current identity value '%s', current column value '%s'."],
  8009: [
    16,
    'The incoming tabular data stream (TDS) remote procedure call (RPC) protocol stream is incorrect. Parameter %d ("%s"): Data type 0x%s is unknown.',
  ],
  8023: [
    16,
    'The incoming tabular data stream (TDS) remote procedure call (RPC) protocol stream is incorrect. Parameter %d ("%s"): The supplied value is not a valid instance of data type %s. Check the source data for invalid values. An example of an invalid value is data of numeric type with scale greater than precision.',
  ],
  8101: [
    16,
    "An explicit value for the identity column in table '%s' can only be specified when a column list is used and IDENTITY_INSERT is ON.",
  ],
  8102: [16, "Cannot update identity column '%s'."],
  8106: [16, "Table '%s' does not have the identity property. Cannot perform SET operation."],
  8107: [16, "IDENTITY_INSERT is already ON for table '%s'. Cannot perform SET operation for table '%s'."],
  8111: [16, "Cannot define PRIMARY KEY constraint on nullable column in table '%s'."],
  8114: [16, "Error converting data type %s to %s."],
  8115: [16, "Arithmetic overflow error converting %s to data type %s."],
  8116: [16, "Argument data type %s is invalid for argument %d of %s function."],
  8117: [16, "Operand data type %s is invalid for %s operator."],
  8120: [
    16,
    "Column '%s' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.",
  ],
  8121: [
    16,
    "Column '%s' is invalid in the HAVING clause because it is not contained in either an aggregate function or the GROUP BY clause.",
  ],
  8127: [
    16,
    'Column "%s" is invalid in the ORDER BY clause because it is not contained in either an aggregate function or the GROUP BY clause.',
  ],
  8133: [
    16,
    "At least one of the result expressions in a CASE specification must be an expression other than the NULL constant.",
  ],
  8134: [16, "Divide by zero error encountered."],
  8144: [16, "Procedure or function %s has too many arguments specified."],
  8147: [16, "Could not create IDENTITY attribute on nullable column '%s', table '%s'."],
  8152: [16, "String or binary data would be truncated."],
  8155: [16, "No column name was specified for column %d of '%s'."],
  8156: [16, "The column '%s' was specified multiple times for '%s'."],
  8158: [16, "'%s' has more columns than were specified in the column list."],
  8159: [16, "'%s' has fewer columns than were specified in the column list."],
  8161: [15, "Argument %d of the %s function does not match any of the expressions in the GROUP BY clause."],
  8167: [16, 'The type of column "%s" conflicts with the type of other columns specified in the UNPIVOT list.'],
  8169: [16, "Conversion failed when converting from a character string to uniqueidentifier."],
  8170: [16, "Insufficient result space to convert uniqueidentifier value to char."],
  8178: [16, "The parameterized query '%s' expects the parameter '%s', which was not supplied."],
  8179: [16, "Could not find prepared statement with handle %d."],
  8623: [
    16,
    "The query processor ran out of internal resources and could not produce a query plan. This is a rare event and only expected for extremely complex queries or queries that reference a very large number of tables or partitions. Please simplify the query. If you believe you have received this message in error, contact Customer Support Services for more information.",
  ],
  8730: [16, "Offset parameter for Lag and Lead functions cannot be a negative value."],
  9400: [16, "XML parsing: line %s, character %s, %s"],
  9692: [16, "The %s endpoint cannot listen on port %d because it is in use by another process."],
  9810: [16, "The datepart %s is not supported by date function %s for data type %s."],
  9820: [16, "The time zone parameter '%s' provided to AT TIME ZONE clause is invalid."],
  9828: [
    16,
    "The second and third arguments of the TRANSLATE built-in function must contain an equal number of characters.",
  ],
  9829: [
    16,
    "STRING_AGG aggregation result exceeded the limit of 8000 bytes. Use LOB types to avoid result truncation.",
  ],
  10704: [
    15,
    "To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.",
  ],
  10709: [16, "The number of columns for each row in a table value constructor must be the same."],
  10742: [15, "The offset specified in a OFFSET clause may not be negative."],
  10752: [15, "The function '%s' may not have a window frame."],
  10753: [15, "The function '%s' must have an OVER clause."],
  10759: [15, "Use of DISTINCT is not allowed with the OVER clause."],
  11415: [
    16,
    "Object '%s' cannot be disabled or enabled. This action applies only to foreign key and check constraints.",
  ],
  11502: [16, "The type for parameter '%s' cannot be deduced in this context."],
  11508: [16, "The undeclared parameter '%s' is used more than once in the batch being analyzed."],
  13600: [
    16,
    "FOR JSON AUTO requires at least one table for generating JSON objects. Use FOR JSON PATH or add a FROM clause with a table name.",
  ],
  13601: [
    16,
    "Property '%s' cannot be generated in JSON output due to a conflict with another column name or alias. Use different names and aliases for each column in SELECT list.",
  ],
  13605: [
    16,
    "Column expressions and data sources without names or aliases cannot be formatted as JSON text using FOR JSON clause. Add alias to the unnamed column or table.",
  ],
  13607: [16, "JSON path is not properly formatted. Unexpected character '%s' is found at position %d."],
  13608: [16, "Property cannot be found on the specified JSON path."],
  13609: [16, "JSON text is not properly formatted. Unexpected character '%s' is found at position %d."],
  13623: [16, "Scalar value cannot be found in the specified JSON path."],
  13624: [16, "Object or array cannot be found in the specified JSON path."],
  13625: [16, "String value in the specified JSON path would be truncated."],
  15007: [16, "'%s' is not a valid login or you do not have permission."],
  15009: [16, "The object '%s' does not exist in database '%s' or is invalid for this operation."],
  15015: [16, "The server '%s' does not exist. Use sp_helpserver to show available servers."],
  15023: [16, "User, group, or role '%s' already exists in the current database."],
  15025: [16, "The server principal '%s' already exists."],
  15028: [16, "The server '%s' already exists."],
  15048: [16, "Valid values of the database compatibility level are %s."],
  15063: [16, "The login already has an account under a different user name."],
  15081: [16, "Membership of the public role cannot be changed."],
  15116: [
    16,
    "Password validation failed. The password does not meet the operating system policy requirements because it is too short.",
  ],
  15118: [
    16,
    "Password validation failed. The password does not meet the operating system policy requirements because it is not complex enough.",
  ],
  15123: [16, "The configuration option '%s' does not exist, or it may be an advanced option."],
  15129: [16, "'%d' is not a valid value for configuration option '%s'."],
  15097: [16, "The size associated with an extended property cannot be more than 7,500 bytes."],
  15135: [16, "Object is invalid. Extended properties are not permitted on '%s', or the object does not exist."],
  15144: [16, "The role has members. It must be empty before it can be dropped."],
  15150: [16, "Cannot drop the %s '%s'."],
  15151: [16, "Cannot %s the %s '%s', because it does not exist or you do not have permission."],
  15187: [16, "The %s cannot be dropped because it is used by one or more %s(s)."],
  15208: [
    16,
    "The certificate, asymmetric key, or private key file is not valid or does not exist; or you do not have permissions for it.",
  ],
  15212: [16, "Invalid certificate subject. The certificate subject must have between 1 and %d characters."],
  15213: [
    10,
    "Warning: The certificate you created has an invalid validity period; its expiration date precedes its start date.",
  ],
  15214: [10, "Warning: The certificate you created is expired."],
  15215: [10, "Warning: The certificate you created is not yet valid; its start date is in the future."],
  15217: [16, "Property cannot be updated or deleted. Property '%s' does not exist for '%s'."],
  15232: [
    16,
    "A certificate with name '%s' already exists or this certificate already has been added to the database.",
  ],
  15233: [16, "Property cannot be added. Property '%s' already exists for '%s'."],
  15240: [
    16,
    "Cannot write into file '%s'. Verify that you have write permissions, that the file path is valid, and that the file does not already exist.",
  ],
  15247: [16, "User does not have permission to perform this action."],
  15297: [16, "The certificate, asymmetric key, or private key data is invalid."],
  15405: [16, "Cannot use the special principal '%s'."],
  15406: [
    16,
    'Cannot execute as the server principal because the principal "%s" does not exist, this type of principal cannot be impersonated, or you do not have permission.',
  ],
  15434: [16, "Could not drop login '%s' as the user is currently logged in."],
  15457: [10, "Configuration option '%s' changed from %d to %d. Run the RECONFIGURE statement to install."],
  15313: [16, "The key is not encrypted using the specified decryptor."],
  15465: [16, "The private key password is invalid."],
  15517: [
    16,
    'Cannot execute as the database principal because the principal "%s" does not exist, this type of principal cannot be impersonated, or you do not have permission.',
  ],
  15530: [16, 'The %s with name "%s" already exists.'],
  15559: [16, "Cannot drop %s '%s' because there is a %s mapped to it."],
  15563: [16, "The %s has no private key set for it."],
  15578: [16, "There is already a master key in the database. Please drop it before performing this statement."],
  15580: [16, "Cannot drop %s because %s '%s' is encrypted by it."],
  15581: [
    16,
    "Please create a master key in the database or open the master key in the session before performing this operation.",
  ],
  15600: [15, "An invalid parameter or option was specified for procedure '%s'."],
  18054: [
    16,
    "Error %d, severity %d, state %d was raised, but no message with that error number was found in sys.messages. If error is larger than 50000, make sure the user-defined message is added using sp_addmessage.",
  ],
  18452: [14, "Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication."],
  18456: [14, "Login failed for user '%s'."],
  18464: [
    14,
    "Login failed for user '%s'. Reason: Password change failed. The password does not meet Windows policy requirements because it is too short.",
  ],
  18466: [
    14,
    "Login failed for user '%s'. Reason: Password change failed. The password does not meet Windows policy requirements because it is not complex enough.",
  ],
  18470: [14, "Login failed for user '%s'. Reason: The account is disabled."],
  18488: [14, "Login failed for user '%s'.  Reason: The password of the account must be changed."],
  19497: [
    16,
    "Conflicting option spec provided. DISTRIBUTED option cannot be combined with any other availability group options.",
  ],
  19498: [16, "To create a distributed availability group, please specify the DISTRIBUTED option."],
  19499: [
    16,
    "The specified listener URL '%s' is invalid. Reenter the command specifying the correct URL. For information about specifying the endpoint URL for an availability replica, see SQL Server Books Online.",
  ],
  19501: [
    16,
    "None of the specified availability groups exist locally. Please check your DDL and make sure there is one availability group exist locally.",
  ],
  19502: [
    16,
    "Cannot create a distributed availability replica for availability group '%s'. An availability replica of the specified availability group already exists on this instance of SQL Server. Verify that the specified availability group name is correct and unique, then retry the operation. To remove the existing availability replica, run DROP AVAILABILITY GROUP command.",
  ],
  19503: [
    16,
    "Cannot create a distributed availability replica for availability group '%s'. Local availability group is participating in a distributed availability group as secondary.",
  ],
  19504: [
    16,
    "Cannot failover a distributed availability replica for availability group '%s'. Only force failover is supported in this version of SQL Server.",
  ],
  19506: [
    16,
    "Local availability replica for availability group '%s' has not been granted permission to create databases, but has a SEEDING_MODE of AUTOMATIC. Use the ALTER AVAILABILITY GROUP ... GRANT CREATE ANY DATABASE command to allow the creation of databases seeded by the primary availability replica.",
  ],
  19507: [
    16,
    "Cannot create a distributed availability replica for availability group '%s'. There is an already existing distributed availability group on top of the same replicas.",
  ],
  19508: [
    16,
    "'ALTER AVAILABILITY GROUP MODIFY AVAILABILITY GROUP' command failed. Participant availability replica '%s' not found in the distributed availability group '%s'.",
  ],
  19509: [
    16,
    "Cannot create a distributed availability group '%s'. An availability group with the same name already exists.",
  ],
  19510: [
    16,
    "Distributed availability group '%s' not found. Rerun the command with an existing distributed availbility group.",
  ],
  19512: [
    16,
    "The requested operation only applies to distributed availability group, and is not supported on the specified availability group '%s'. Please make sure you are specifying the correct availability group name.",
  ],
  19513: [
    16,
    "Cannot create a distributed availability replica for availability group '%s'. Distributed availability group cannot be built on top of basic local availability group.",
  ],
  35100: [
    16,
    "Error number %d in the THROW statement is outside the valid range. Specify an error number in the valid range of 50000 to 2147483647.",
  ],
  35201: [
    10,
    "A connection timeout has occurred while attempting to establish a connection to availability replica '%s' with id [%s]. Either a networking or firewall issue exists, or the endpoint address provided for the replica is not the database mirroring endpoint of the host server instance.",
  ],
  35208: [
    16,
    "Availability-group DDL operations are permitted only when you are using the master database. Run the USE MASTER command, and retry your availability-group DDL command.",
  ],
  35209: [
    16,
    "The %s operation failed for availability replica '%s'. The backup priority value is outside the valid range. The valid range is between %d and %d, inclusive. Set the backup priority to a value within this range, and retry the operation.",
  ],
  35211: [
    16,
    "The %s operation is not allowed. The operation attempted to change the configuration of availability replica '%s' to the asynchronous-commit availability mode with automatic failover, which is an invalid configuration. Either change the failover mode to manual or the availability mode to synchronous commit, and retry the operation.",
  ],
  35214: [
    16,
    "The %s operation failed for availability replica '%s'. The minimum value for session timeout is %d. Retry the operation specifying a valid session-timeout value.",
  ],
  35220: [
    16,
    "Could not process the operation. Always On Availability Groups replica manager is waiting for the host computer to start a Windows Server Failover Clustering (WSFC) cluster and join it. Either the local computer is not a cluster node, or the local cluster node is not online. If the computer is a cluster node, wait for it to join the cluster. If the computer is not a cluster node, add the computer to a WSFC cluster. Then, retry the operation.",
  ],
  35221: [
    16,
    "Could not process the operation. Always On Availability Groups replica manager is disabled on this instance of SQL Server. Enable Always On Availability Groups, by using the SQL Server Configuration Manager. Then, restart the SQL Server service, and retry the currently operation. For information about how to enable and disable Always On Availability Groups, see SQL Server Books Online.",
  ],
  35232: [
    16,
    "The specified endpoint URL '%s' is invalid. Reenter the command specifying the correct URL. For information about specifying the endpoint URL for an availability replica, see SQL Server Books Online.",
  ],
  35234: [
    16,
    "Database name '%s' was specified more than once. Reenter the command, specifying each database name only once.",
  ],
  35235: [
    16,
    "The system name '%s' was specified more than once in the REPLICA ON clause of this command. Reenter the command, specifying a different instance of SQL Server for each replica.",
  ],
  35236: [
    15,
    "The endpoint URL was not specified for the availability replica hosted by server instance '%s'. Reenter the command, specifying the endpoint URL of this instance of SQL Server.",
  ],
  35237: [
    16,
    "None of the specified replicas for availability group %s maps to the instance of SQL Server to which you are connected. Reenter the command, specifying this server instance to host one of the replicas. This replica will be the initial primary replica.",
  ],
  35238: [
    16,
    "Database '%s' cannot be added to availability group '%s'. The database does not exist on this SQL Server instance. Verify that the database name is correct, then retry the operation.",
  ],
  35240: [
    16,
    "Database '%s' cannot be joined to or unjoined from availability group '%s'. This operation is not supported on the primary replica of the availability group.",
  ],
  35242: [
    16,
    "Cannot complete this ALTER DATABASE <database-name> SET HADR operation on database '%s'. The database is not joined to an availability group. After the database has joined the availability group, retry the command.",
  ],
  35244: [
    16,
    "Database '%s' cannot be added to availability group '%s'. The database is currently joined to another availability group. Verify that the database name is correct and that the database is not joined to an availability group, then retry the operation.",
  ],
  35249: [
    16,
    "An attempt to add or join a system database, '%s', to an availability group failed. Specify only user databases for this operation.",
  ],
  35251: [
    16,
    "This command can be run only on the primary replica. Connect to the primary replica, and retry the command.",
  ],
  35277: [16, "Automatic failover is not supported for distributed availability group replica."],
  35280: [
    16,
    "Database '%s' cannot be added to availability group '%s'. The database is already joined to the specified availability group. Verify that the database name is correct and that the database is not joined to an availability group, then retry the operation.",
  ],
  35281: [
    16,
    "Database '%s' cannot be removed from availability group '%s'. The database is not joined to the specified availability group. Verify that the database name and the availability group name are correct, then retry the operation.",
  ],
  35282: [
    16,
    "Availability replica '%s' cannot be added to availability group '%s'. The availability group already contains an availability replica with the specified name. Verify that the availability replica name and the availability group name are correct, then retry the operation.",
  ],
  35283: [
    16,
    "Availability replica '%s' cannot be removed from availability group '%s'. The availability group does not contain an availability replica with the specified name. Verify that the availability replica name is correct, then retry the operation.",
  ],
  35284: [
    16,
    "Availability replica '%s' cannot be removed from availability group '%s', because this replica is on the local instance of SQL Server. If the local availability replica is a secondary replica, connect to the server instance that is currently hosting the primary replica, and re-run the command.",
  ],
  41100: [
    16,
    "The availability group '%s' and/or its local availability replica does not exist. Verify that the specified availability group name is correct, and that the local availability replica has joined the availability group, then retry the operation.",
  ],
  41106: [
    16,
    "Cannot create an availability replica for availability group '%s'. An availability replica of the specified availability group already exists on this instance of SQL Server. Verify that the specified availability group name is correct and unique, then retry the operation. To remove the existing availability replica, run DROP AVAILABILITY GROUP command.",
  ],
  41122: [
    16,
    "Cannot failover availability group '%s' to this instance of SQL Server. The local availability replica is already the primary replica of the availability group. To failover this availability group to another instance of SQL Server, run the failover command on that instance of SQL Server. If local instance of SQL Server is intended to host the primary replica of the availability group, then no action is required.",
  ],
  41140: [
    16,
    "Availability group '%s' cannot process the ALTER AVAILABILITY GROUP command, because the local availability replica is not the primary replica. Connect to the server instance that is currently hosting the primary replica of this availability group, and rerun the command.",
  ],
  41152: [
    16,
    "Failed to create availability group '%s'. The operation encountered SQL Server error %d and has been rolled back. Check the SQL Server error log for more details. When the cause of the error has been resolved, retry CREATE AVAILABILITY GROUP command.",
  ],
  41197: [
    15,
    "The FAILOVER_MODE option has not been specified for the replica '%s'. Reenter the command, specifying a failover mode for the replica.",
  ],
  41198: [
    15,
    "The AVAILABILITY_MODE option has not been specified for the replica '%s'. Reenter the command, specifying an availability mode for the replica.",
  ],
  41962: [
    16,
    "Operation was aborted as replication to Azure SQL Managed Instance did not start within %d minutes since it was initiated. Please verify the network connectivity and firewall rules are configured according to the guidelines described at https://aka.ms/mi-link-troubleshooting, and retry the operation.",
  ],
  41963: [
    16,
    "Certificate cannot be created as it is already used with '%s' feature. Consider using a different certificate.",
  ],
  41964: [
    16,
    "The '%s' operation cannot be completed as there exists a database in the process of creation through Azure SQL Managed Instance link. Please wait for the link creation to complete, or alternatively delete the link and retry the operation again.",
  ],
  41965: [16, "Setting the role cannot be applied as Azure SQL Managed Instance is already in the requested role."],
  41968: [
    16,
    "Changing the server role cannot be executed at this time as there exist a previous role change in progress on Azure SQL Managed Instance. Only when the previous role change completes, a new request could be submitted. Please wait for the previous role change to complete and retry again.",
  ],
  41969: [
    16,
    "Setting the role has failed due to an unknown reason. Please check the error log file. If the issue persists, contact Azure support.",
  ],
  41970: [16, "Switching to Primary role in planned fashion is not supported."],
  41973: [
    16,
    "The link cannot be established because the endpoint certificate from SQL Server has not been imported to Azure SQL Managed Instance. Please import the endpoint certificate from SQL Server to Managed Instance, and retry the link creation again.",
  ],
  41974: [
    16,
    "The link cannot be established because the endpoint certificate from SQL Azure SQL Managed Instance has not been imported to SQL Server. Please import the endpoint certificate from Managed Instance to SQL Server, and retry the link creation again.",
  ],
  41976: [
    16,
    "Connection with availability group '%s' on the server with endpoint '%s' cannot be established as it is not responding. Possible causes could be nonexistence of availability group or distributed availability group on the partner server, incorrectly specified names or configuration parameters. Please check the log file on the partner server for the exact error cause.",
  ],
  41977: [
    16,
    "Connection with availability group '%s' on the server with endpoint '%s' is established, but there is no response from the target database. Possible causes could be errors with creating a database on the partner server, incorrectly specified names or configuration parameters. Please check the log file on the partner server for the exact error cause.",
  ],
  41986: [
    16,
    "Azure SQL Managed Instance link creation failed because either connection to SQL Server failed, or the server did not respond after a prolonged period of time. Verify the network connectivity and firewall rules between SQL Server and Managed Instance are properly configured and retry again.",
  ],
  47101: [
    16,
    "The cluster type of availability group '%s' only supports MANUAL failover mode. Verify that the specified availability group cluster type is correct, then retry the operation.",
  ],
  47122: [
    16,
    "Cannot failover an availability replica for availability group '%s' since it has CLUSTER_TYPE = NONE. Only force failover is supported in this version of SQL Server.",
  ],
  47129: [
    16,
    "Creating Distributed availability group '%s' has failed. Cannot create Distributed Availability Group on top of Contained Availability Group. Verify Availability Group's name, then retry the operation.",
  ],
  47500: [
    16,
    "Manual seeding is not supported option for secondary AG '%s' configuration when secondary participant in distributed availability group is Azure SQL Managed Instance.",
  ],
  47501: [
    16,
    "Synchronous commit is not supported option for the initial secondary AG '%s' configuration when secondary participant in distributed availability group is Azure SQL Managed Instance.",
  ],
  47502: [
    16,
    "Cannot create distributed availability group '%s' when local AG '%s' contains more than one database in cases when secondary participant is Azure SQL Managed Instance.",
  ],
  47503: [
    16,
    "AG '%s' already contains one database and adding more is not supported because AG participates in distributed availability group '%s' with secondary on Azure SQL Managed Instance.",
  ],
  47505: [16, "Endpoint with type %d does not exist or user does not have permission to view it."],
  47506: [16, "Certificate for endpoint with type %d does not exist or user does not have permission to view it."],
  47511: [
    16,
    "Distributed availability group '%s' is not part of the link with Azure SQL Managed Instance. Please create a link between SQL Server and Managed Instance and try again.",
  ],
  47512: [
    16,
    "'%s' cannot be changed during a failover operation in progress. Try again later when the failover is complete.",
  ],
  47513: [
    16,
    "FAILOVER cannot be started as a previous failover operation is in progress. Try again later when the failover is complete.",
  ],
  47514: [
    16,
    "Failover cannot be completed as the secondary is unable to catchup with the primary due to synchronization issues. Please check for and correct any link issues in the error log, and retry again.",
  ],
  47515: [
    16,
    "Failover cannot be completed because the send queue is too large. Secondary cannot catch up with the primary most likely because workload on the primary is too demanding for the secondary. Consider retrying again when the workload on the primary is less busy.",
  ],
  47516: [
    16,
    "Failover cannot be completed as the redo log is too large. Most likely secondary might be too busy, or the workload from the primary is too demanding. Consider reducing the workload on the primary, or retrying again when workload on the primary is less busy.",
  ],
  47517: [
    16,
    "This type of failover can only be executed on the primary replica. Connect to the primary replica, and retry the operation again.",
  ],
  47519: [
    16,
    "Cannot create distributed availability group '%s' when local AG '%s' does not contain database in cases when secondary participant is Azure SQL Managed Instance.",
  ],
  47520: [
    16,
    "Database cannot be removed from availability group which participates in distributed availability group in which secondary participant is Azure SQL Managed Instance.",
  ],
  47521: [
    16,
    "Secondary replica could not be built as the replica request was not received from the primary, or not processed correctly. Check the state of the primary server and ensure that Availability Group on this server is not empty, and that it contains healthy databases.",
  ],
  47522: [
    16,
    "Database '%s' has been removed from availability group which participates in Azure SQL Managed Instance link.",
  ],
};

/** An error (severity over 10) or message as the server sends it. */
export interface ServerMessage {
  readonly number: number;
  readonly severity: number;
  readonly state: number;
  readonly text: string;
  readonly line: number;
  readonly procedure: string;
}

/** An error of the catalogue, thrown by whoever finds it; the executor adds the line and decides what it ends. */
export class SqlError extends Error {
  constructor(
    readonly number: number,
    readonly severity: number,
    readonly text: string,
    readonly state = 1,
    /** Line in the batch, counted from 1; 0 where not known yet. */
    public line = 0,
    public procedure = "",
    /** Errors that the server sends before this one (the cause before the consequence, as 41152 has). */
    readonly preceding: readonly SqlError[] = [],
  ) {
    super(text);
    this.name = "SqlError";
  }
}

export function formatMessage(
  number: number,
  ...args: readonly (string | number)[]
): { severity: number; text: string } {
  const template = templates[number];
  if (!template) throw new Error(`message ${number} is not in the lab's catalogue`);
  let next = 0;
  return { severity: template[0], text: template[1].replace(/%[sd]/g, () => String(args[next++] ?? "(null)")) };
}

/** States that are not 1, as they are seen in the output of servers. */
const states: Readonly<Record<number, number>> = {
  195: 10,
  220: 2,
  242: 3,
  515: 2,
  547: 0,
  8114: 5,
  8115: 2,
  8152: 14,
};

/** `sqlError(208, "sys.nothing")` */
export function sqlError(number: number, ...args: readonly (string | number)[]): SqlError {
  const { severity, text } = formatMessage(number, ...args);
  return new SqlError(number, severity, text, states[number]);
}

/** As sys.messages lists them. */
export function knownMessages(): { readonly number: number; readonly severity: number; readonly text: string }[] {
  return Object.entries(templates).map(([number, [severity, text]]) => ({ number: Number(number), severity, text }));
}
