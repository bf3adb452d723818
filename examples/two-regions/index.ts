import { Config } from "@pulumi/pulumi";
import { InstancePairing, ManagedInstanceLink, PreparedServer } from "pulumi-mi-link";

interface Region {
  readonly managedInstanceId: string;
  readonly databases: readonly string[];
}
const config = new Config();
const regions = Object.entries(config.requireObject<Record<string, Region>>("regions"));

// What the SQL Server has once, however many managed instances it is linked with.
const server = new PreparedServer("server", {
  sqlServer: {
    host: config.require("sqlServerHost"),
    port: config.getNumber("sqlServerPort"),
    user: config.require("sqlServerUser"),
    credential: "env:SQL_SERVER_PASSWORD", // read when it is needed, kept nowhere
    caFile: config.get("sqlServerCaFile"),
  },
  masterKeyCredential: "env:MASTER_KEY_PASSWORD", // used only where master has no key yet
  managedInstanceId: regions[0]?.[1].managedInstanceId,
});

for (const [region, { managedInstanceId, databases }] of regions) {
  const pairing = new InstancePairing(region, { server, managedInstanceId });
  for (const databaseName of databases) new ManagedInstanceLink(`${region}-${databaseName}`, { pairing, databaseName });
}
