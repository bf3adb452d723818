import { readFileSync } from "node:fs";
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

// A link each, from a list: a name to a line, or the stack's configuration.
const listed = readFileSync("databases.txt", "utf8").split(/\r?\n/).filter(Boolean);
for (const databaseName of config.getObject<string[]>("databases") ?? listed)
  new ManagedInstanceLink(databaseName, { pairing, databaseName });
