import { Config } from "@pulumi/pulumi";
import { InstancePairing, ManagedInstanceLink } from "pulumi-mi-link";

const config = new Config();
const certificateExpiry = config.get("certificateExpiry");

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
  // A date of one's own, and a new certificate with each new date; or the first `up` in the last 60 days makes a new one.
  certificateExpiry,
  certificateRotateBefore: certificateExpiry ? undefined : "60d",
});

new ManagedInstanceLink("link", {
  pairing,
  databaseName: config.require("database"),
  databaseOnDelete: "Delete", // "Keep" leaves an independent database on the managed instance
});

export const certificateName = pairing.certificateName;
export const certificateExpiryDate = pairing.certificateExpiryDate;
