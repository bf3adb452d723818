const { Config } = require("@pulumi/pulumi");
const { MasterKey, SqlServerCertificate } = require("pulumi-mi-link");

const sqlServer = JSON.parse(new Config().require("sqlServer"));
const key = new MasterKey("key", { sqlServer, credential: "env:MASTER_KEY_PASSWORD" });
new SqlServerCertificate("certificate", { sqlServer }, { dependsOn: key });
