/** Examples of Microsoft's documentation of T-SQL, by the page that they are on. */
export const documentedStatements: Readonly<Record<string, string>> = {
  "CREATE CERTIFICATE":
    "CREATE CERTIFICATE Shipping04 ENCRYPTION BY PASSWORD = 'pGFD4bb925DGvbd2439587y' WITH SUBJECT = 'Sammamish Shipping Records', EXPIRY_DATE = '20201031';",
  "BACKUP CERTIFICATE": "BACKUP CERTIFICATE sales05 TO FILE = 'c:\\storedcerts\\sales05cert';",
  "CREATE MASTER KEY": "CREATE MASTER KEY ENCRYPTION BY PASSWORD = '23987hxJ#KL95234nl0zBe';",
  "DROP CERTIFICATE": "USE AdventureWorks2022; DROP CERTIFICATE Shipping04;",
  "DROP ENDPOINT": "DROP ENDPOINT sql_endpoint;",
  "ALTER AVAILABILITY GROUP": "ALTER AVAILABILITY GROUP AccountsAG FORCE_FAILOVER_ALLOW_DATA_LOSS;",
  "DROP AVAILABILITY GROUP": "DROP AVAILABILITY GROUP AccountsAG;",
  "ALTER DATABASE SET options": "ALTER DATABASE AdventureWorks2022 SET SINGLE_USER WITH ROLLBACK IMMEDIATE;",
  "ALTER DATABASE SET HADR": "ALTER DATABASE AccountsDb1 SET HADR AVAILABILITY GROUP = AccountsAG;",
  BACKUP: "BACKUP DATABASE AdventureWorks2022 TO DISK = 'Z:\\SQLServerBackups\\AdvWorksData.bak' WITH FORMAT;",
  "DBCC TRACEON": "DBCC TRACEON (3205, -1);",
  "TRY...CATCH":
    "BEGIN TRY SELECT 1 / 0; END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS ErrorNumber, ERROR_MESSAGE() AS ErrorMessage; END CATCH;",
  THROW: "THROW 51000, 'The record does not exist.', 1;",
  RAISERROR: "RAISERROR (N'<\\<%7.3s>>', 10, 1, N'abcde');",
  "IF...ELSE": "IF DATENAME(weekday, GETDATE()) IN (N'Saturday', N'Sunday') SELECT 'Weekend'; ELSE SELECT 'Weekday';",
  WAITFOR: "BEGIN WAITFOR DELAY '02:00'; EXECUTE sp_helpdb; END;",
  EXECUTE: "EXECUTE dbo.uspGetEmployeeManagers @EmployeeID = 6;",
  sp_executesql:
    "EXECUTE sp_executesql N'SELECT * FROM HumanResources.Employee WHERE BusinessEntityID = @level', N'@level TINYINT', @level = 109;",
  "BEGIN TRANSACTION":
    "BEGIN TRANSACTION; DELETE FROM HumanResources.JobCandidate WHERE JobCandidateID = 13; COMMIT TRANSACTION;",
  "WITH common_table_expression":
    "WITH Sales_CTE (SalesPersonID, SalesOrderID, SalesYear) AS (SELECT SalesPersonID, SalesOrderID, YEAR(OrderDate) AS SalesYear FROM Sales.SalesOrderHeader WHERE SalesPersonID IS NOT NULL) SELECT SalesPersonID, COUNT(SalesOrderID) AS TotalSales, SalesYear FROM Sales_CTE GROUP BY SalesYear, SalesPersonID ORDER BY SalesPersonID, SalesYear;",
  CASE: "SELECT ProductNumber, Category = CASE ProductLine WHEN 'R' THEN 'Road' WHEN 'M' THEN 'Mountain' ELSE 'Not for sale' END, Name FROM Production.Product ORDER BY ProductNumber;",
  "ORDER BY":
    "SELECT DepartmentID, Name, GroupName FROM HumanResources.Department ORDER BY DepartmentID OFFSET 5 ROWS FETCH NEXT 10 ROWS ONLY;",
  EXISTS:
    "SELECT a.FirstName, a.LastName FROM Person.Person AS a WHERE EXISTS (SELECT * FROM HumanResources.Employee AS b WHERE a.BusinessEntityID = b.BusinessEntityID AND a.LastName = 'Johnson');",
  INSERT:
    "INSERT INTO Production.UnitMeasure (Name, UnitMeasureCode, ModifiedDate) VALUES (N'Square Yards', N'Y2', GETDATE());",
  UPDATE: "UPDATE TOP (10) HumanResources.Employee SET VacationHours = VacationHours * 1.25;",
  DELETE: "DELETE FROM Production.ProductCostHistory WHERE StandardCost BETWEEN 12.00 AND 14.00 AND EndDate IS NULL;",
  "TRUNCATE TABLE": "TRUNCATE TABLE HumanResources.JobCandidate;",
  "CREATE TABLE": "CREATE TABLE dbo.Employee (EmployeeID INT PRIMARY KEY CLUSTERED);",
  "ALTER TABLE": "ALTER TABLE dbo.doc_exb DROP COLUMN column_b;",
  "CREATE INDEX": "CREATE UNIQUE INDEX AK_UnitMeasure_Name ON Production.UnitMeasure (Name);",
  "DROP TABLE": "DROP TABLE IF EXISTS T1;",
  "CREATE PROCEDURE":
    "CREATE PROCEDURE HumanResources.uspGetEmployeesTest2 @LastName nvarchar(50), @FirstName nvarchar(50) AS SET NOCOUNT ON; SELECT FirstName, LastName, Department FROM HumanResources.vEmployeeDepartmentHistory WHERE FirstName = @FirstName AND LastName = @LastName AND EndDate IS NULL;",
  "CREATE VIEW":
    "CREATE VIEW hiredate_view AS SELECT p.FirstName, p.LastName, e.BusinessEntityID, e.HireDate FROM HumanResources.Employee AS e JOIN Person.Person AS p ON e.BusinessEntityID = p.BusinessEntityID;",
  "sys.databases": "SELECT name, user_access_desc, is_read_only, state_desc, recovery_model_desc FROM sys.databases;",
};
