/** The quick start as it was in 2e193ed: it stays as it is, see tests/fixtures/states/README.md. */
import { Config } from "@pulumi/pulumi";
import { InstancePairing, ManagedInstanceLink } from "pulumi-mi-link";

const config = new Config();

const pairing = new InstancePairing("pairing", {
  sqlServer: {
    host: config.require("sqlServerHost"),
    user: config.require("sqlServerUser"),
    credential: "config:sqlServerPassword", // pulumi config set --secret sqlServerPassword
    caFile: config.get("sqlServerCaFile"),
  },
  managedInstanceId: config.require("managedInstanceId"),
  masterKeyCredential: "config:masterKeyPassword",
});

new ManagedInstanceLink("link", {
  pairing,
  databaseName: config.require("database"),
  databaseOnDelete: "Delete", // "Keep" leaves an independent database on the managed instance
});
