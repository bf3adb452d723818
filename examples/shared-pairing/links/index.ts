/** A stack of those who run an application: its databases, over the pairing of the other stack. */
import { Config, StackReference } from "@pulumi/pulumi";
import { ManagedInstanceLink } from "pulumi-mi-link";

const config = new Config();
const servers = new StackReference(config.require("pairingStack")); // such as acme/mi-link-shared-pairing/prod
const pairing = servers.requireOutput("pairing");

// No password comes from the other stack: this one says how it signs in.
const sqlServer = {
  host: config.require("sqlServerHost"),
  port: config.getNumber("sqlServerPort"),
  user: config.require("sqlServerUser"),
  credential: "env:SQL_SERVER_PASSWORD",
  caFile: config.get("sqlServerCaFile"),
};

for (const databaseName of config.requireObject<string[]>("databases"))
  new ManagedInstanceLink(databaseName, { pairing, sqlServer, databaseName });
