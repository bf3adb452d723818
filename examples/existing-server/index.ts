import { Config } from "@pulumi/pulumi";
import { InstancePairing, ManagedInstanceLink } from "pulumi-mi-link";

const config = new Config();

const pairing = new InstancePairing("pairing", {
  sqlServer: {
    host: config.require("sqlServerHost"),
    port: config.getNumber("sqlServerPort"),
    user: config.require("sqlServerUser"),
    credential: "env:SQL_SERVER_PASSWORD", // read when it is needed, kept nowhere
    caFile: config.get("sqlServerCaFile"),
  },
  managedInstanceId: config.require("managedInstanceId"),
  adopt: true,
});

new ManagedInstanceLink("link", {
  pairing,
  databaseName: config.require("database"),
  linkName: config.get("linkName"), // left out, the three are DAG_<database>, AG_<database> and AG_<database>_MI
  groupName: config.get("groupName"),
  instanceGroupName: config.get("instanceGroupName"),
  adopt: true,
});
