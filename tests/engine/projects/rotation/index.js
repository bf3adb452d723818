const pulumi = require("@pulumi/pulumi");
const { InstancePairing, ManagedInstanceLink } = require("pulumi-mi-link");

const config = new pulumi.Config();
const pairing = new InstancePairing("pairing", {
  sqlServer: {
    host: config.require("sqlServerHost"),
    user: config.require("sqlServerUser"),
    credential: "env:SQL_SERVER_PASSWORD",
    caFile: config.get("sqlServerCaFile"),
  },
  managedInstanceId: config.require("managedInstanceId"),
  masterKeyCredential: "env:MASTER_KEY_PASSWORD",
  certificateExpiry: config.get("certificateExpiry") || undefined,
});
new ManagedInstanceLink("link", { pairing, databaseName: config.require("database"), databaseOnDelete: "Delete" });
exports.certificateName = pairing.certificate.certificateName;
