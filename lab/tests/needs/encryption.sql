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
-- the certificate of an encrypted database stays
DROP CERTIFICATE [tde];
--! 3716
GO
-- a database has one such key
USE [sealed];
CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_256 ENCRYPTION BY SERVER CERTIFICATE [tde];
--! 33103
GO
-- a key that is in use stays
USE [sealed];
DROP DATABASE ENCRYPTION KEY;
--! 33105
GO
-- a public key encrypts none
CREATE DATABASE [plain];
USE [plain];
CREATE DATABASE ENCRYPTION KEY WITH ALGORITHM = AES_128 ENCRYPTION BY SERVER CERTIFICATE [##MS_SQLAuthenticatorCertificate##];
--! 33101
GO
-- without a key nothing is encrypted
ALTER DATABASE [plain] SET ENCRYPTION ON;
--! 33106
GO
-- nothing of it is left
USE [plain];
DROP DATABASE ENCRYPTION KEY;
--! 33104
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
