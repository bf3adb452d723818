/** The statements that make what a link consists of. */
export const masterKey = "CREATE MASTER KEY ENCRYPTION BY PASSWORD = 'P@ssw0rd!x'";
export const certificate = (name: string): string =>
  `CREATE CERTIFICATE ${name} WITH SUBJECT = 'Certificate for ${name}'`;
export const endpoint = (authentication: string, port = 15022, more = "ENCRYPTION = REQUIRED ALGORITHM AES"): string =>
  `CREATE ENDPOINT hadr STATE = STARTED AS TCP (LISTENER_PORT = ${port}) FOR DATABASE_MIRRORING (ROLE = ALL, AUTHENTICATION = ${authentication}, ${more})`;

const modes = "FAILOVER_MODE = MANUAL, SEEDING_MODE = AUTOMATIC";
export const group = (name: string, databases: string, clause = "WITH (CLUSTER_TYPE = NONE)"): string =>
  `CREATE AVAILABILITY GROUP ${name} ${clause} FOR DATABASE ${databases} REPLICA ON N'sqlserver1' WITH (ENDPOINT_URL = 'TCP://10.0.0.4:5022', AVAILABILITY_MODE = SYNCHRONOUS_COMMIT, ${modes})`;
export const instanceUrl = "tcp://sqlmi1.73d19f36a420a.database.windows.net:5022;Server=[sqlmi1]";
export const distributedGroup = (name: string, local: string, url = instanceUrl): string =>
  `CREATE AVAILABILITY GROUP ${name} WITH (DISTRIBUTED) AVAILABILITY GROUP ON N'${local}' WITH (LISTENER_URL = 'TCP://10.0.0.4:5022', AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT, ${modes}), N'sqlmi1' WITH (LISTENER_URL = '${url}', AVAILABILITY_MODE = ASYNCHRONOUS_COMMIT, ${modes})`;
