-- tables that refer to each other
USE db1;
CREATE TABLE dbo.Customer (
  Id int IDENTITY(1, 1) NOT NULL CONSTRAINT PK_Customer PRIMARY KEY,
  Name nvarchar(40) NOT NULL CONSTRAINT UQ_Customer UNIQUE,
  Joined datetime2(3) NOT NULL CONSTRAINT DF_Joined DEFAULT (SYSUTCDATETIME()),
  Credit decimal(10, 2) NULL CONSTRAINT CK_Credit CHECK (Credit >= 0),
  IsActive bit NOT NULL DEFAULT 1);
CREATE TABLE dbo.[Order] (
  CustomerId int NOT NULL REFERENCES dbo.Customer (Id),
  Number int NOT NULL,
  At date NOT NULL,
  Amount money NOT NULL,
  Note varchar(max) NULL,
  Token uniqueidentifier NOT NULL DEFAULT NEWID(),
  CONSTRAINT PK_Order PRIMARY KEY CLUSTERED (CustomerId, Number));
CREATE INDEX IX_Order_At ON dbo.[Order] (At DESC);
SELECT name, type_desc FROM sys.tables ORDER BY name;
SELECT c.name, t.name AS type, c.max_length, c.is_nullable, c.is_identity FROM sys.columns c JOIN sys.types t ON t.user_type_id = c.user_type_id
WHERE c.object_id = OBJECT_ID(N'dbo.Customer') ORDER BY c.column_id;
SELECT i.name, i.type_desc, i.is_unique, i.is_primary_key FROM sys.indexes i WHERE i.object_id = OBJECT_ID(N'dbo.Order') ORDER BY i.index_id;
--> 2 rows: name = Customer | type_desc = USER_TABLE
--> 5 rows: name = Id | type = int | max_length = 4 | is_nullable = 0 | is_identity = 1
--> 2 rows: name = PK_Order | type_desc = CLUSTERED | is_unique = 1 | is_primary_key = 1
GO
-- rows, and the identity of the last
INSERT INTO dbo.Customer (Name, Credit) VALUES (N'Contoso', 100), (N'Fabrikam', NULL), (N'Zürich AG', 12.5);
SELECT SCOPE_IDENTITY() AS id, @@IDENTITY AS last, IDENT_CURRENT(N'dbo.Customer') AS this, @@ROWCOUNT AS rows;
INSERT dbo.[Order] (CustomerId, Number, At, Amount) SELECT Id, 1, '20260101', 10 * Id FROM dbo.Customer;
INSERT dbo.[Order] (CustomerId, Number, At, Amount, Note) SELECT CustomerId, 2, DATEADD(month, 1, At), Amount + 0.5, 'later' FROM dbo.[Order] WHERE CustomerId < 3;
--> 1 row: id = 3 | last = 3 | this = 3 | rows = 3
GO
-- joins
SELECT c.Name, o.Number, o.Amount FROM dbo.Customer c INNER JOIN dbo.[Order] o ON o.CustomerId = c.Id WHERE o.Amount BETWEEN 10 AND 20 ORDER BY c.Name, o.Number;
SELECT c.Name, o.Number FROM dbo.Customer AS c LEFT OUTER JOIN dbo.[Order] AS o ON o.CustomerId = c.Id AND o.Number = 2 ORDER BY 1;
SELECT c.Name, v.n FROM dbo.Customer c CROSS JOIN (VALUES (1), (2)) v (n) ORDER BY v.n DESC, c.Id;
SELECT o.Number, c.Name FROM dbo.[Order] o RIGHT JOIN dbo.Customer c ON c.Id = o.CustomerId AND o.Number > 1 ORDER BY c.Id;
SELECT a.n, b.n FROM (VALUES (1), (2)) a (n) FULL JOIN (VALUES (2), (3)) b (n) ON a.n = b.n ORDER BY a.n;
SELECT c.Name, x.Number FROM dbo.Customer c CROSS APPLY (SELECT TOP (1) o.Number FROM dbo.[Order] o WHERE o.CustomerId = c.Id ORDER BY o.Number DESC) x ORDER BY c.Id;
--> 3 rows: Name = Contoso | Number = 1 | Amount = 10
--> 3 rows: Name = Contoso | Number = 2
--> 6 rows: Name = Contoso | n = 2
--> 3 rows: Number = 2 | Name = Contoso
--> 3 rows: n = NULL | n = 3
--> 3 rows: Name = Contoso | Number = 2
GO
-- joins of before, and a table of the row's own values
SELECT c.Name, o.Number FROM dbo.Customer c, dbo.[Order] o WHERE o.CustomerId = c.Id AND o.Number = 2 ORDER BY c.Id;
INSERT dbo.Customer (Name, Joined, Credit) VALUES (N'default', DEFAULT, DEFAULT);
UPDATE dbo.Customer SET Credit = DEFAULT WHERE Name = N'default';
DELETE FROM dbo.Customer WHERE Name = N'default';
SELECT c.Name, x.Number FROM dbo.Customer c LEFT JOIN (dbo.[Order] o JOIN dbo.[Order] x ON x.Amount = o.Amount) ON o.CustomerId = c.Id WHERE c.Id = 3;
SELECT c.Name, x.Number FROM dbo.Customer c LEFT JOIN dbo.[Order] o JOIN dbo.[Order] x ON x.Amount = o.Amount ON o.CustomerId = c.Id WHERE c.Id = 3;
SELECT COUNT(*) AS n, SUM(Credit) AS credit FROM dbo.Customer WHERE Name = N'default';
--> 2 rows: Name = Contoso | Number = 2
--> 1 row: Name = Zürich AG | Number = 1
--> 1 row: Name = Zürich AG | Number = 1
--> 1 row: n = 0 | credit = NULL
GO
-- groups
SELECT c.Name, COUNT(*) AS n, SUM(o.Amount) AS total, AVG(o.Amount) AS mean, MIN(o.At) AS first, MAX(o.At) AS last, COUNT(DISTINCT o.At) AS days, COUNT(o.Note) AS notes
FROM dbo.Customer c JOIN dbo.[Order] o ON o.CustomerId = c.Id GROUP BY c.Name HAVING COUNT(*) > 1 ORDER BY total DESC;
SELECT COUNT_BIG(*) AS n, STRING_AGG(CAST(Number AS varchar(10)), ',') WITHIN GROUP (ORDER BY Number DESC) AS numbers,
  COUNT(DISTINCT Note) AS notes, SUM(CAST(Amount AS float)) AS total FROM dbo.[Order];
SELECT YEAR(At) AS year, MONTH(At) AS month, SUM(Amount) AS total FROM dbo.[Order] GROUP BY YEAR(At), MONTH(At) ORDER BY month;
--> 2 rows: Name = Fabrikam | n = 2 | total = 40.5 | mean | first | last | days = 2 | notes = 1
--> 1 row: n = 5 | numbers = 2,2,1,1,1 | notes = 1 | total = 91
--> 2 rows: year = 2026 | month = 1 | total = 60
GO
-- UNION, EXCEPT, INTERSECT
SELECT Name FROM dbo.Customer UNION SELECT N'Contoso' UNION ALL SELECT N'Contoso' ORDER BY Name;
SELECT Id FROM dbo.Customer EXCEPT SELECT CustomerId FROM dbo.[Order] WHERE Number = 2;
((SELECT Id FROM dbo.Customer) UNION (SELECT 9)) ORDER BY Id;
SELECT Id FROM dbo.Customer INTERSECT SELECT CustomerId FROM dbo.[Order] WHERE Number = 2 ORDER BY Id;
--> 4 rows: Name = Contoso
--> 1 row: Id = 3
--> 4 rows: Id = 1
--> 2 rows: Id = 1
GO
-- derived tables, common table expressions, subqueries
WITH totals (CustomerId, Total) AS (SELECT CustomerId, SUM(Amount) FROM dbo.[Order] GROUP BY CustomerId),
  rich AS (SELECT * FROM totals WHERE Total >= 20.5)
SELECT c.Name, r.Total FROM rich r JOIN dbo.Customer c ON c.Id = r.CustomerId ORDER BY r.Total;
SELECT d.Name FROM (SELECT TOP (2) Name, Id FROM dbo.Customer ORDER BY Id DESC) d WHERE d.Id > 2;
SELECT Name, (SELECT MAX(Amount) FROM dbo.[Order] o WHERE o.CustomerId = c.Id) AS most FROM dbo.Customer c
WHERE EXISTS (SELECT 1 FROM dbo.[Order] o WHERE o.CustomerId = c.Id AND o.Note IS NOT NULL) AND c.Id IN (SELECT CustomerId FROM dbo.[Order])
  AND c.Id <> ALL (SELECT 99) AND c.Name NOT IN (N'nobody') ORDER BY most;
--> 3 rows: Name = Contoso | Total = 20.5
--> 1 row: Name = Zürich AG
--> 2 rows: Name = Contoso | most = 10.5
GO
-- ranking, TOP and OFFSET
SELECT Name, ROW_NUMBER() OVER (ORDER BY Name DESC) AS place, RANK() OVER (ORDER BY IsActive) AS rank, DENSE_RANK() OVER (PARTITION BY LEFT(Name, 0) ORDER BY Id) AS dense, NTILE(2) OVER (ORDER BY Id) AS half FROM dbo.Customer ORDER BY place;
SELECT DISTINCT TOP (2) WITH TIES CustomerId FROM dbo.[Order] ORDER BY CustomerId;
SELECT Name FROM dbo.Customer ORDER BY Id OFFSET 1 ROWS FETCH NEXT 1 ROWS ONLY;
SELECT TOP 50 PERCENT Name FROM dbo.Customer ORDER BY Id OPTION (RECOMPILE, MAXDOP 1);
--> 3 rows: Name = Zürich AG | place = 1 | rank = 1 | dense = 3 | half = 2
--> 2 rows: CustomerId = 1
--> 1 row: Name = Fabrikam
--> 2 rows: Name = Contoso
GO
-- expressions
SELECT UPPER(LEFT(Name, 3)) + LOWER(RIGHT(Name, 2)) AS short, LEN(Name) AS length, DATALENGTH(Name) AS bytes, REPLACE(Name, N'o', N'0') AS zero, CHARINDEX(N'a', Name) AS at,
  LTRIM(RTRIM(N'  x ')) AS trimmed, ISNULL(Credit, -1) AS credit, COALESCE(Credit, 0, 1) AS first, NULLIF(Id, 1) AS none, CASE Id WHEN 1 THEN 'one' ELSE 'more' END AS number,
  IIF(Credit > 50, 'rich', 'poor') AS wealth, REVERSE(Name) AS reversed, STUFF(Name, 1, 1, N'K') AS stuffed, REPLICATE('x', Id) AS xs
FROM dbo.Customer WHERE Name LIKE N'[A-D]%' AND Name LIKE N'Con_oso' OR Name LIKE N'C!%%' ESCAPE '!';
SELECT 7 / 2 AS i, 7 % 2 AS r, 7.0 / 2 AS d, -(-5) AS m, 5 & 3 AS a, 5 | 3 AS o, 5 ^ 3 AS x, ~5 AS n, ROUND(2.567, 2) AS rounded, FLOOR(2.5) AS f, CEILING(2.5) AS c, ABS(-3) AS abs, POWER(1024, 2) AS p, IIF(1 !> 2 AND 2 !< 1 AND NOT (NULL = 1 OR 1 = 2), 1, 0) AS up, IIF(N'50%' LIKE N'50!%' ESCAPE '!', 1, 0) AS escaped,
  ((SELECT 1) + 2) AS three;
SELECT CAST('12' AS int) AS i, CONVERT(varchar(10), CAST('20260131' AS date), 112) AS d, TRY_CAST('x' AS int) AS t, TRY_CONVERT(date, '2026-13-01') AS u, CONVERT(varbinary(4), 255) AS b, CONVERT(varchar(10), 0xCAFE, 1) AS hex, CAST(1.55 AS decimal(3, 1)) AS dec,
  CAST(12345 AS varchar(2)) AS stars, CAST(N'Łódź €' AS varchar(10)) AS page, CAST(1e20 AS varchar(30)) AS far, LEFT(CAST(SYSDATETIMEOFFSET() AS nvarchar(40)), 2) AS century, SUBSTRING(0x010203, 2, 1) AS byte,
  CAST(0x000102030405060708090A0B0C0D0E0F AS uniqueidentifier) AS id;
SELECT DATEADD(day, 1, '20260228') AS next, DATEDIFF(hour, '20260101', '20260102') AS hours, DATEPART(weekday, '20260101') AS weekday, DATENAME(month, '20260101') AS month;
--> 1 row: short = CONso | length = 7 | bytes = 14 | zero = C0nt0s0 | at = 0 | trimmed = x | credit = 100 | first = 100 | none = NULL | number = one | wealth = rich | reversed = osotnoC | stuffed = Kontoso | xs = x
--> 1 row: i = 3 | r = 1 | d = 3.5 | m = 5 | a = 1 | o = 7 | x = 6 | n = -6 | rounded = 2.57 | f = 2 | c = 3 | abs = 3 | p = 1048576 | up = 0 | escaped = 1 | three = 3
--> 1 row: i = 12 | d = 20260131 | t = NULL | u = NULL | b = 0x000000FF | hex = 0xCAFE | dec = 1.6 | stars = * | page = ?ód? € | far = 1e+020 | century = 20 | byte = 0x02 | id = 03020100-0504-0706-0809-0A0B0C0D0E0F
--> 1 row: next = 2026-03-01T00:00:00.000Z | hours = 24 | weekday = 5 | month = January
GO
-- UPDATE and DELETE
UPDATE dbo.Customer SET Credit = ISNULL(Credit, 0) + 1, IsActive = 0 WHERE Id IN (1, 2);
UPDATE dbo.[Order] SET Amount *= 2, Note = (SELECT c.Name FROM dbo.Customer c WHERE c.Id = CustomerId) WHERE Number = 1 AND CustomerId < 3;
DELETE FROM dbo.[Order] WHERE Number = 2 AND CustomerId = 1;
DELETE dbo.[Order] WHERE CustomerId IN (SELECT c.Id FROM dbo.Customer c WHERE c.Name = N'Zürich AG');
DELETE FROM dbo.[Order] WHERE Number = 2;
SELECT c.Name, c.Credit, o.Amount, o.Note FROM dbo.Customer c JOIN dbo.[Order] o ON o.CustomerId = c.Id ORDER BY c.Id;
--> 2 rows: Name = Contoso | Credit = 101 | Amount = 20 | Note = Contoso
GO
-- what a table refuses
BEGIN TRY INSERT dbo.Customer (Name) VALUES (N'Contoso') END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
BEGIN TRY INSERT dbo.[Order] (CustomerId, Number, At, Amount) VALUES (99, 1, '20260101', 1) END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
BEGIN TRY DELETE dbo.Customer WHERE Name = N'Contoso' END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
BEGIN TRY UPDATE dbo.Customer SET Credit = -1 END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
BEGIN TRY INSERT dbo.Customer (Name) VALUES (NULL) END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
BEGIN TRY INSERT dbo.Customer (Name) VALUES (REPLICATE(N'x', 41)) END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
INSERT dbo.Customer (Id, Name) VALUES (7, N'x');
--> 1 row: number = 2627
--> 1 row: number = 547
--> 1 row: number = 547
--> 1 row: number = 547
--> 1 row: number = 515
--> 1 row: number = 2628
--! 544
GO
-- an identity that is given
SET IDENTITY_INSERT dbo.Customer ON;
INSERT dbo.Customer (Id, Name) VALUES (7, N'seven');
SET IDENTITY_INSERT dbo.Customer OFF;
INSERT dbo.Customer (Name) VALUES (N'eight');
SELECT MAX(Id) AS most FROM dbo.Customer;
DELETE dbo.Customer WHERE Id >= 7;
--> 1 row: most = 8
GO
-- transactions, nested and with savepoints
BEGIN TRANSACTION;
UPDATE dbo.Customer SET Credit = 1;
SAVE TRANSACTION here;
DELETE dbo.[Order];
ROLLBACK TRANSACTION here;
BEGIN TRAN;
SELECT @@TRANCOUNT AS depth, XACT_STATE() AS state, (SELECT COUNT(*) FROM dbo.[Order]) AS orders;
COMMIT;
ROLLBACK;
SELECT @@TRANCOUNT AS depth, SUM(Credit) AS credit FROM dbo.Customer;
--> 1 row: depth = 2 | state = 1 | orders = 2
--> 1 row: depth = 0 | credit = 114.5
GO
-- TRY, CATCH and THROW
SET XACT_ABORT ON;
BEGIN TRY
  BEGIN TRAN;
  INSERT dbo.Customer (Name) VALUES (N'Contoso');
  COMMIT;
END TRY
BEGIN CATCH
  SELECT ERROR_NUMBER() AS number, XACT_STATE() AS state;
  IF @@TRANCOUNT > 0 ROLLBACK;
  BEGIN TRY
    THROW 50001, N'mine', 7;
  END TRY
  BEGIN CATCH
    SELECT ERROR_NUMBER() AS number, ERROR_STATE() AS state, ERROR_MESSAGE() AS message;
  END CATCH
END CATCH
SET XACT_ABORT OFF;
--> 1 row: number = 2627 | state = -1
--> 1 row: number = 50001 | state = 7 | message = mine
GO
-- an error that is raised
BEGIN TRY RAISERROR(N'%s: %d', 16, 1, N'lag', 5) END TRY
BEGIN CATCH THROW END CATCH
--! 50000
GO
-- variables and control flow
DECLARE @i int = 0, @sum bigint = 0, @text nvarchar(max) = N'';
CREATE TABLE #t (n int PRIMARY KEY);
WHILE @i < 10
BEGIN
  SET @i += 1;
  IF @i % 2 = 0 CONTINUE;
  IF @i > 7 BREAK;
  SELECT @sum = @sum + @i, @text = CONCAT(@text, @i, N';');
  INSERT #t VALUES (@i);
END
IF @sum = 16 AND NOT (@text IS NULL) PRINT N'done' ELSE RAISERROR('wrong', 16, 1);
IF EXISTS (SELECT 1 FROM #t WHERE n = 7) GOTO found;
RETURN;
found:
once:
SELECT @sum AS sum, @text AS text, (SELECT COUNT(*) FROM #t) AS rows;
DECLARE @rows TABLE (n int PRIMARY KEY, name nvarchar(20));
INSERT @rows VALUES (1, N'x'), (2, N'y');
DELETE @rows WHERE n = 2;
SELECT name FROM @rows;
SELECT TOP (1) @text = name FROM sys.databases ORDER BY database_id;
WAITFOR DELAY '00:00:00.010';
RETURN;
--> 1 row: sum = 16 | text = 1;3;5;7; | rows = 4
--> 1 row: name = x
GO
-- temporary tables
CREATE TABLE #ticks (n int IDENTITY(10, 5), at datetime DEFAULT GETDATE());
INSERT #ticks DEFAULT VALUES;
INSERT #ticks DEFAULT VALUES;
SELECT MAX(n) AS last, COUNT(at) AS n FROM #ticks;
DROP TABLE #ticks;
CREATE TABLE #sizes (name sysname COLLATE DATABASE_DEFAULT, mb decimal(10, 1));
INSERT #sizes EXEC (N'SELECT DB_NAME(database_id), SUM(size) / 128.0 FROM sys.master_files GROUP BY database_id');
SELECT * INTO #copy FROM #sizes WHERE name = N'db1';
SELECT name FROM #copy;
IF COL_NAME(OBJECT_ID(N'tempdb..#sizes'), 2) <> N'mb' PRINT N'another table';
TRUNCATE TABLE #sizes;
SELECT OBJECT_ID(N'tempdb..#sizes') AS there, COUNT(*) AS rows FROM #sizes;
DROP TABLE #sizes, #copy;
IF OBJECT_ID(N'tempdb..#sizes') IS NULL SELECT 'gone' AS state;
--> 1 row: last = 15 | n = 2
--> 1 row: name = db1
--> 1 row: there | rows = 0
--> 1 row: state = gone
GO
-- a text with parameters
DECLARE @n int, @name nvarchar(40) = N'Contoso';
EXEC sp_executesql N'SELECT @n = COUNT(*) FROM dbo.Customer WHERE Name = @name; SELECT Id FROM dbo.Customer WHERE Name = @name', N'@name nvarchar(40), @n int OUTPUT', @name, @n = @n OUTPUT;
SELECT @n AS n;
--> 1 row: Id = 1
--> 1 row: n = 1
GO
-- a table that changes its shape
ALTER TABLE dbo.Customer ADD City nvarchar(30) NULL, Country char(2) NOT NULL CONSTRAINT DF_Country DEFAULT 'CH';
ALTER TABLE dbo.Customer ALTER COLUMN City nvarchar(60) NOT NULL;
--! 515
GO
-- a table that changes its shape, further
UPDATE dbo.Customer SET City = N'Bern';
ALTER TABLE dbo.Customer ALTER COLUMN City nvarchar(60) NOT NULL;
ALTER TABLE dbo.Customer DROP CONSTRAINT DF_Country;
ALTER TABLE dbo.Customer DROP COLUMN Country;
ALTER TABLE dbo.[Order] ADD CONSTRAINT CK_Amount CHECK (Amount > 0);
DROP INDEX IX_Order_At ON dbo.[Order];
SELECT name, max_length FROM sys.columns WHERE object_id = OBJECT_ID(N'dbo.Customer') AND name IN (N'City', N'Country');
--> 1 row: name = City | max_length = 120
GO
-- tables as they are scripted
CREATE TABLE dbo.Made (Code varchar(20) NOT NULL UNIQUE, Id int IDENTITY(5, 1) NOT NULL, Stamp rowversion, CustomerId int NULL, Rate float NULL,
  CONSTRAINT PK_Made PRIMARY KEY (Id) WITH (PAD_INDEX = OFF, IGNORE_DUP_KEY = OFF),
  CONSTRAINT FK_Made FOREIGN KEY (CustomerId) REFERENCES dbo.Customer (Id));
ALTER TABLE dbo.Made ADD CONSTRAINT DF_Rate DEFAULT (1.5) FOR Rate;
CREATE INDEX IX_Made ON dbo.Made (Rate) WITH (FILLFACTOR = 90);
SELECT IDENT_CURRENT(N'dbo.Made') AS first, OBJECT_NAME(OBJECT_ID(N'dbo.FK_Made')) AS name;
INSERT dbo.Made (Code) VALUES ('a'), ('b');
SELECT Code, Id, DATALENGTH(Stamp) AS stamp, Rate FROM dbo.Made ORDER BY Id;
--> 1 row: first = 5 | name = FK_Made
--> 2 rows: Code = a | Id = 5 | stamp = 8 | Rate = 1.5
GO
-- a number for each row that is there
CREATE TABLE dbo.Plain (Code char(1));
INSERT dbo.Plain VALUES ('a'), ('b');
ALTER TABLE dbo.Plain ADD Id int IDENTITY(1, 1);
SELECT MAX(Id) AS last FROM dbo.Plain;
TRUNCATE TABLE dbo.Plain;
DROP TABLE dbo.Plain;
--> 1 row: last = 2
GO
-- what a definition refuses
BEGIN TRY ALTER TABLE dbo.Made DROP COLUMN Rate END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
BEGIN TRY ALTER TABLE dbo.Made ADD CONSTRAINT UQ_None UNIQUE (None) END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
BEGIN TRY CREATE INDEX IX_None ON dbo.Made (None) END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
DROP TABLE dbo.Made;
--> 1 row: number = 4922
--> 1 row: number = 1750
--> 1 row: number = 1911
GO
-- what a text that runs refuses
BEGIN TRY EXEC (N'SELECT ''x') END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
BEGIN TRY EXEC (N'SELECT FROM') END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
BEGIN TRY EXEC (N'SELECT RANK() OVER (ORDER BY RANK() OVER (ORDER BY name)) FROM sys.databases') END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
BEGIN TRY EXEC (N'INSERT dbo.NotMade VALUES (1)') END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
BEGIN TRY RAISERROR(15232, 16, 1, N'x') WITH NOWAIT END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
INSERT dbo.Customer (Name) EXEC (N'PRINT N''none''; RAISERROR(N''none'', 16, 1)');
--> 1 row: number = 102
--> 1 row: number = 156
--> 1 row: number = 4109
--> 1 row: number = 208
--> 1 row: number = 15232
--! 50000
GO
-- what is outside of the boundary
SELECT IsActive, COUNT(*) FROM dbo.Customer GROUP BY IsActive WITH ROLLUP;
--! 50000
GO
-- a schema of its own
EXEC (N'CREATE SCHEMA app');
CREATE TABLE app.Setting (k varchar(20) PRIMARY KEY, v decimal(5, 1), t time(3), o datetimeoffset, f float, r real, s smalldatetime, b binary(3), x varbinary(max), n nchar(3));
INSERT app.Setting (k, v, t, o, f, r, s, b, x, n) VALUES ('a', 5, '12:30:00.5', '2026-01-01T00:00:00+02:00', 1.5, 2.5, '20260101 10:00', 0xABCD, 0x01, N'x');
SELECT k, CAST(v AS int) AS v, CONVERT(varchar(8), t, 108) AS t, o, f, r, b, x, RTRIM(n) AS n FROM app.Setting;
DROP TABLE app.Setting;
DROP SCHEMA app;
--> 1 row: k = a | v = 5 | t = 12:30:00 | o = 2025-12-31T22:00:00.000Z | f = 1.5 | r = 2.5 | b = 0xABCD00 | x = 0x01 | n = x
GO
-- isolation
SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
SET LOCK_TIMEOUT 1000;
SELECT COUNT(*) AS n FROM dbo.Customer WITH (NOLOCK);
SELECT Name FROM dbo.Customer WHERE Id = 1;
SET LOCK_TIMEOUT -1;
--> 1 row: n = 3
--> 1 row: Name = Contoso
GO
-- implicit transactions, as drivers want them
SET IMPLICIT_TRANSACTIONS ON;
SELECT TOP (1) Id FROM dbo.Customer;
IF @@TRANCOUNT > 0 COMMIT TRAN;
SET IMPLICIT_TRANSACTIONS OFF;
SELECT @@TRANCOUNT AS depth;
--> 1 row: Id
--> 1 row: depth = 0
GO
-- rows that arrive on the instance
-- on managedInstance
SELECT Name, City FROM db1.dbo.Customer ORDER BY Id;
SELECT COUNT(*) AS orders FROM db1.dbo.[Order];
--> 3 rows: Name = Contoso | City = Bern
--> 1 row: orders = 2
GO
-- rows of the copy, which is read only
-- on managedInstance
DELETE db1.dbo.[Order];
--! 3906
GO
-- tables that are no longer needed
DROP TABLE IF EXISTS dbo.[Order], dbo.Customer;
USE master;
GO
