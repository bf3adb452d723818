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
  masterKeyCredential: "env:MASTER_KEY_PASSWORD", // used only where master has no key yet
});

new ManagedInstanceLink("link", {
  pairing,
  databaseName: config.require("database"),
  databaseOnDelete: "Delete", // "Keep" leaves an independent database on the managed instance
});
