/** Network and managed instance by azure-native, SQL Server's host by command, then the link between the two. */
import { readFileSync } from "node:fs";
import * as network from "@pulumi/azure-native/network";
import { ResourceGroup } from "@pulumi/azure-native/resources";
import { ManagedInstance } from "@pulumi/azure-native/sql";
import * as local from "@pulumi/command/local";
import * as remote from "@pulumi/command/remote";
import { Config } from "@pulumi/pulumi";
import { InstancePairing, ManagedInstanceLink } from "pulumi-mi-link";

const config = new Config();
const sqlServer = {
  host: config.require("sqlServerHost"), // its private address, at which the managed instance reaches it, too
  port: config.getNumber("sqlServerPort"),
  user: config.require("sqlServerUser"),
  credential: "env:SQL_SERVER_PASSWORD", // read when it is needed, kept nowhere
  caFile: config.get("sqlServerCaFile"),
};

// The network: one subnet, which belongs to managed instances only.
const subnetRange = config.get("subnetRange") ?? "10.70.0.0/27";
const resourceGroupName = new ResourceGroup("group", { resourceGroupName: config.require("resourceGroup") }).name;
const securityGroup = new network.NetworkSecurityGroup("security-group", { resourceGroupName });
const routes = new network.RouteTable("routes", { resourceGroupName });
const virtualNetwork = new network.VirtualNetwork("network", {
  resourceGroupName,
  addressSpace: { addressPrefixes: [subnetRange] },
});
const subnet = new network.Subnet("subnet", {
  resourceGroupName,
  virtualNetworkName: virtualNetwork.name,
  addressPrefix: subnetRange,
  networkSecurityGroup: { id: securityGroup.id },
  routeTable: { id: routes.id },
  delegations: [{ name: "managed-instances", serviceName: "Microsoft.Sql/managedInstances" }],
});

// Rules of their own and not within the security group, which Azure adds rules to for the managed instance.
const rules = (["Inbound", "Outbound"] as const).map(
  (direction) =>
    new network.SecurityRule(`link-${direction.toLowerCase()}`, {
      resourceGroupName,
      networkSecurityGroupName: securityGroup.name,
      direction,
      access: "Allow",
      protocol: "Tcp",
      priority: 1000,
      sourceAddressPrefix: direction === "Inbound" ? sqlServer.host : subnetRange,
      sourcePortRange: "*",
      destinationAddressPrefix: direction === "Inbound" ? subnetRange : sqlServer.host,
      destinationPortRanges: ["5022", "11000-11999"],
    }),
);

const instance = new ManagedInstance(
  "instance",
  {
    resourceGroupName,
    managedInstanceName: config.require("managedInstance"),
    subnetId: subnet.id,
    sku: { name: "GP_Gen5" },
    vCores: 4,
    storageSizeInGB: 256,
    databaseFormat: "SQLServer2022", // so that the database can come back
    administrators: {
      administratorType: "ActiveDirectory",
      azureADOnlyAuthentication: true, // no password, so none in the state
      principalType: "Group",
      login: config.require("adminGroup"),
      sid: config.require("adminGroupId"),
    },
  },
  { customTimeouts: { create: "8h", delete: "8h" } },
);

// SQL Server's host: over SSH, or without `sshUser` this machine itself.
const create =
  config.get("sqlServerOs") === "windows"
    ? `powershell -NoProfile -EncodedCommand ${Buffer.from(readFileSync("prepare-windows.ps1", "utf8"), "utf16le").toString("base64")}`
    : readFileSync("prepare-linux.sh", "utf8");
const user = config.get("sshUser");
const prepared = user
  ? new remote.Command("always-on", {
      connection: { host: sqlServer.host, user, privateKey: config.requireSecret("sshPrivateKey") },
      create,
    })
  : new local.Command("always-on", { create });

// The link.
const pairing = new InstancePairing(
  "pairing",
  { sqlServer, managedInstanceId: instance.id, masterKeyCredential: "env:MASTER_KEY_PASSWORD" },
  { dependsOn: [...rules, prepared] },
);
const link = new ManagedInstanceLink("link", { pairing, databaseName: config.require("database") });

export const managedInstance = instance.fullyQualifiedDomainName;
export const connectedState = link.connectedState;
export const host = prepared.stdout;
