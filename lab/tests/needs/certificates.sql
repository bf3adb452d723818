-- link-domain 3.1: the endpoint's certificate, by a statement that is made of pieces
USE master;
DECLARE @cert_expiry_date varchar(max) = '03/30/2030';
DECLARE @name nvarchar(max) = N'Cert_' + @@SERVERNAME + N'_endpoint2';
DECLARE @subject nvarchar(max) = N'Certificate for ' + @name;
DECLARE @cmd nvarchar(max) = N'CREATE CERTIFICATE [' + @name + N'] WITH SUBJECT = ''' + @subject + N''', EXPIRY_DATE = ''' + @cert_expiry_date + N'''';
IF NOT EXISTS (SELECT name FROM sys.certificates WHERE name = @name) EXEC sp_executesql @stmt = @cmd;

SELECT * FROM sys.certificates WHERE pvt_key_encryption_type = 'MK' ORDER BY name;
SELECT CERTENCODED(CERT_ID(N'Cert_sqlserver1_endpoint')) AS SQLServerPublicKey;
--> 2 rows: name = Cert_sqlserver1_endpoint | certificate_id | principal_id | pvt_key_encryption_type = MK | pvt_key_encryption_type_desc | is_active_for_begin_dialog | issuer_name | cert_serial_number | sid | string_sid | subject | expiry_date | start_date | thumbprint | attested_by | pvt_key_last_backup_date | ...
--> 1 row: SQLServerPublicKey
GO
-- link-domain 3.1: the certificate of the endpoint
-- on both
EXEC sp_get_endpoint_certificate @endpoint_type = 4;
--> 1 row: EndpointCertificatePublicKey
GO
-- link-domain 3.1: without an expiry date it is valid for one year
CREATE CERTIFICATE short WITH SUBJECT = N'a year';
SELECT DATEDIFF(day, start_date, expiry_date) AS days, DATALENGTH(thumbprint) AS size FROM sys.certificates WHERE name = N'short';
DROP CERTIFICATE short;
--> 1 row: days = 365 | size = 20
GO
-- link-domain 3.4: a root, when it is not there yet
IF NOT EXISTS (SELECT name FROM sys.certificates WHERE name = N'MicrosoftPKI')
BEGIN
    CREATE CERTIFICATE [MicrosoftPKI] FROM FILE = 'C:\Path\To\MicrosoftPKI.crt';
    DECLARE @CERTID int = CERT_ID('MicrosoftPKI');
    EXEC sp_certificate_add_issuer @CERTID, N'*.database.windows.net';
END
GO
-- link-domain 3.4: a root from its bytes
DROP CERTIFICATE [DigiCertPKI];
CREATE CERTIFICATE [DigiCertPKI] FROM BINARY = $(DigiCertGlobalRootG2);
DECLARE @CERTID int = CERT_ID('DigiCertPKI');
EXEC sp_certificate_add_issuer @CERTID, N'*.database.windows.net';
SELECT thumbprint FROM sys.certificates WHERE name = N'DigiCertPKI';
--> 1 row: thumbprint = 0xDF3C24F9BFD666761B268073FE06D1CC8D4F82A4
GO
-- link-domain 3.4: a root that is no longer trusted
DECLARE @root int = CERT_ID(N'DigiCertPKI');
EXEC sp_certificate_drop_issuer @root, N'*.database.windows.net';
EXEC sp_certificate_add_issuer @root, N'*.database.windows.net';
GO
-- link-domain 3.5: the certificate whose chain is to be validated
SELECT name, subject, certificate_id, start_date, expiry_date FROM sys.certificates
WHERE issuer_name LIKE '%Microsoft Corporation%' AND name = '$(InstanceFqdn)';
--> 1 row: name = $(InstanceFqdn) | subject | certificate_id | start_date | expiry_date
GO
-- link-domain 3.5: the chain of the instance's certificate, while the link is connected
-- since 2022
DECLARE @id int = CERT_ID(N'$(InstanceFqdn)');
EXEC sp_validate_certificate_ca_chain @id;
GO
-- link-domain 3.6: a new certificate for the endpoint
CREATE CERTIFICATE [Cert_sqlserver1_endpoint_2] WITH SUBJECT = N'Certificate for Cert_sqlserver1_endpoint_2', EXPIRY_DATE = '20400330';
ALTER ENDPOINT [database_mirroring_endpoint] STATE = STARTED AS TCP (LISTENER_PORT = 5022, LISTENER_IP = ALL)
    FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = CERTIFICATE [Cert_sqlserver1_endpoint_2], ENCRYPTION = REQUIRED ALGORITHM AES);
DROP CERTIFICATE [Cert_sqlserver1_endpoint];
SELECT c.name FROM sys.database_mirroring_endpoints e JOIN sys.certificates c ON c.certificate_id = e.certificate_id;
--> 1 row: name = Cert_sqlserver1_endpoint_2
GO
-- link-domain 3.6: the instance's certificate, again
DECLARE @der varbinary(max) = CERTENCODED(CERT_ID(N'$(InstanceFqdn)'));
DECLARE @create nvarchar(max) = N'CREATE CERTIFICATE ' + QUOTENAME(N'$(InstanceFqdn)') + N' FROM BINARY = ' + CONVERT(nvarchar(max), @der, 1);
DROP CERTIFICATE [$(InstanceFqdn)];
EXEC (@create);
SELECT COUNT(*) AS there FROM sys.certificates WHERE name = N'$(InstanceFqdn)' AND pvt_key_encryption_type = 'NA';
--> 1 row: there = 1
GO
