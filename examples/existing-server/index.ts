import { Config } from "@pulumi/pulumi";
import { InstancePairing, ManagedInstanceLink } from "pulumi-mi-link";

const config = new Config();
// Without it `pulumi up` changes nothing, and says what is there and how it differs from this program.
const adopt = config.getBoolean("adopt");

const pairing = new InstancePairing("pairing", {
  sqlServer: {
    host: config.require("sqlServerHost"),
    user: config.require("sqlServerUser"),
    credential: "env:SQL_SERVER_PASSWORD", // read when it is needed, kept nowhere
    caFile: config.get("sqlServerCaFile"),
  },
  managedInstanceId: config.require("managedInstanceId"),
  certificateExpiry: config.get("certificateExpiry"), // another date than that of the certificate there makes a new one
  adopt,
});

new ManagedInstanceLink("link", {
  pairing,
  databaseName: config.require("database"),
  linkName: config.get("linkName"), // left out, the three are DAG_<database>, AG_<database> and AG_<database>_MI
  groupName: config.get("groupName"),
  instanceGroupName: config.get("instanceGroupName"),
  databaseOnDelete: config.get<"Keep" | "Delete">("databaseOnDelete"),
  adopt,
});
