-- preflight: which databases are encrypted, and by what (link-domain 1.9)
SELECT db.name, cer.name AS certificate, dek.encryption_state, dek.encryptor_type FROM sys.dm_database_encryption_keys dek
  LEFT JOIN sys.certificates cer ON dek.encryptor_thumbprint = cer.thumbprint
  INNER JOIN sys.databases db ON dek.database_id = db.database_id WHERE dek.encryption_state = 3;
--> 0 rows: name | certificate | encryption_state | encryptor_type
GO
-- a database is encrypted
CREATE CERTIFICATE [tde] WITH SUBJECT = N'tde';
CREATE DATABASE [sealed];
USE [sealed];
CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE [tde];
ALTER DATABASE [sealed] SET ENCRYPTION ON;
USE master;
SELECT db.name, cer.name AS certificate, dek.key_algorithm, dek.key_length FROM sys.dm_database_encryption_keys dek
  LEFT JOIN sys.certificates cer ON dek.encryptor_thumbprint = cer.thumbprint
  INNER JOIN sys.databases db ON dek.database_id = db.database_id WHERE dek.encryption_state = 3 ORDER BY db.name;
SELECT is_encrypted FROM sys.databases WHERE name = N'sealed';
--> 2 rows: name = sealed | certificate = tde | key_algorithm = AES | key_length = 256
--> 1 row: is_encrypted = 1
GO
-- what encryption refuses
CREATE DATABASE [plain];
USE [sealed];
BEGIN TRY CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE [tde] END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
BEGIN TRY DROP DATABASE ENCRYPTION KEY END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
USE [plain];
BEGIN TRY CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_128 ENCRYPTION BY SERVER CERTIFICATE [##MS_SQLAuthenticatorCertificate##] END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
BEGIN TRY DROP DATABASE ENCRYPTION KEY END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number END CATCH
USE master;
DROP CERTIFICATE [tde];
--> 1 row: number = 33103
--> 1 row: number = 33105
--> 1 row: number = 33101
--> 1 row: number = 33104
--! 3716
GO
-- without a key nothing is encrypted
ALTER DATABASE [plain] SET ENCRYPTION ON;
--! 33106
GO
-- preflight: encryption is taken off again
ALTER DATABASE [sealed] SET ENCRYPTION OFF;
USE [sealed];
DROP DATABASE ENCRYPTION KEY;
USE master;
DROP CERTIFICATE [tde];
DROP DATABASE [sealed], [plain];
SELECT COUNT(*) AS encrypted FROM sys.dm_database_encryption_keys;
--> 1 row: encrypted = 0
GO
