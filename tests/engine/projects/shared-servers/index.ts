/** The configuration's `shape` says who shares whom. */
import { Config, type Output, secret } from "@pulumi/pulumi";
import {
  InstancePairing,
  ManagedInstanceLink,
  type PairingOutputs,
  PreparedServer,
  type ServerOutputs,
} from "pulumi-mi-link";

const config = new Config();
const hosts = config.requireObject<[string, string]>("hosts");
const [firstId, secondId] = config.requireObject<[string, string]>("managedInstanceIds");
const masterKeyCredential = "env:MASTER_KEY_PASSWORD";
const certificateExpiry = config.get("certificateExpiry");
const changed = config.getObject<object>("changed") ?? {};

const reached = (host: string) => ({
  host,
  user: config.require("sqlServerUser"),
  credential: "env:SQL_SERVER_PASSWORD",
  caFile: config.require("sqlServerCaFile"),
});
const [sqlServer, secondServer] = [reached(hosts[0]), reached(hosts[1])];

/** For another stack. */
export let server: Output<ServerOutputs> | undefined;
export let pairing: Output<PairingOutputs> | undefined;

/** The second SQL Server, which has an endpoint already, with the first managed instance: beside every shape that has links. */
function linkSecondServer() {
  const pairing = new InstancePairing("third", {
    sqlServer: secondServer,
    managedInstanceId: firstId,
    masterKeyCredential,
    adopt: true,
  });
  new ManagedInstanceLink("third", { pairing, databaseName: "db3" });
}

const shapes: Readonly<Record<string, () => void>> = {
  /** As the quick start has it. */
  "one pair"() {
    const pair = new InstancePairing("pair", {
      sqlServer,
      managedInstanceId: firstId,
      masterKeyCredential,
      certificateExpiry,
    });
    new ManagedInstanceLink("first", { pairing: pair, databaseName: "db1", ...changed });
    linkSecondServer();
  },

  "one SQL Server"() {
    const prepared = new PreparedServer("pair", {
      sqlServer,
      masterKeyCredential,
      certificateExpiry,
      managedInstanceId: firstId,
    });
    const pair = new InstancePairing("pair", { server: prepared, managedInstanceId: firstId });
    const second = new InstancePairing("second", { server: prepared, managedInstanceId: secondId });
    new ManagedInstanceLink("first", { pairing: pair, databaseName: "db1", ...changed });
    new ManagedInstanceLink("second", { pairing: second, databaseName: "db2" });
    linkSecondServer();
  },

  /** The links are those of the program links-elsewhere. */
  "no links"() {
    const { credential: _, ...settings } = sqlServer;
    const password = secret(process.env.SQL_SERVER_PASSWORD ?? "");
    const prepared = new PreparedServer("prepared", {
      sqlServer: { ...settings, password },
      masterKeyPassword: password,
      ...changed,
    });
    const first = new InstancePairing("first", { server: prepared, managedInstanceId: firstId });
    server = prepared.outputs;
    pairing = first.outputs;
  },
};
shapes[config.require("shape")]?.();
