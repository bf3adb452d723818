/** One link over the other stack's pairing, one over a pairing of this stack with the other stack's SQL Server. */
import { Config, StackReference } from "@pulumi/pulumi";
import { InstancePairing, ManagedInstanceLink } from "pulumi-mi-link";

const config = new Config();
const others = new StackReference("organization/shared-servers/dev");
const sqlServer = {
  host: config.require("sqlServerHost"),
  user: config.require("sqlServerUser"),
  credential: "env:LINKS_PASSWORD",
  caFile: config.require("sqlServerCaFile"),
};
const pairing = others.requireOutput("pairing");
new ManagedInstanceLink("first", { pairing, sqlServer, databaseName: "db1", databaseOnDelete: "Delete" });

const second = new InstancePairing("second", {
  server: others.requireOutput("server"),
  sqlServer,
  managedInstanceId: config.require("secondInstanceId"),
});
new ManagedInstanceLink("second", {
  pairing: second,
  databaseName: "db2",
  databaseOnDelete: "Delete",
  replicationMode: config.get<"Async" | "Sync">("replicationMode"),
});
