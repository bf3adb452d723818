/** The stack of those who run the servers: the trust between the two, and the endpoint. */
import { Config } from "@pulumi/pulumi";
import { InstancePairing } from "pulumi-mi-link";

const config = new Config();

export const { outputs: pairing } = new InstancePairing("pairing", {
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
