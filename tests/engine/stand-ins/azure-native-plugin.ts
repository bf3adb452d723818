/**
 * Stands in for the plugin of @pulumi/azure-native, which needs a download: what the lab knows nothing of is answered from
 * the inputs, and a managed instance is the one of its id in the lab, which cannot make one.
 */
import { randomBytes } from "node:crypto";
import { type ArmClient, openArmClient } from "#tools/clients";
import { type Bag, changed, plain, serve } from "./plugin";

/** Where each type stands in Azure: the last argument in braces is its own name. */
const paths: Readonly<Record<string, string>> = {
  "resources:ResourceGroup": "{resourceGroupName}",
  "network:NetworkSecurityGroup":
    "{resourceGroupName}/Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}",
  "network:SecurityRule":
    "{resourceGroupName}/Microsoft.Network/networkSecurityGroups/{networkSecurityGroupName}/securityRules/{securityRuleName}",
  "network:RouteTable": "{resourceGroupName}/Microsoft.Network/routeTables/{routeTableName}",
  "network:VirtualNetwork": "{resourceGroupName}/Microsoft.Network/virtualNetworks/{virtualNetworkName}",
  "network:Subnet": "{resourceGroupName}/Microsoft.Network/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
  "sql:ManagedInstance": "{resourceGroupName}/Microsoft.Sql/managedInstances/{managedInstanceName}",
};

/** "network:Subnet", of the urn of a resource. */
const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1)?.replace("azure-native:", "") ?? "";

function pathOf(urn: string): string {
  const path = paths[typeOf(urn)];
  if (!path) throw new Error(`This stand-in for the plugin of @pulumi/azure-native has no ${typeOf(urn)}`);
  return path;
}

/** The argument with the resource's own name. */
const nameOf = (urn: string): string => /\{(\w+)\}$/.exec(pathOf(urn))?.[1] ?? "";

async function idOf(urn: string, inputs: Bag): Promise<string> {
  const below = pathOf(urn)
    .replaceAll(/\{(\w+)\}/g, (_, argument: string) => String(plain(inputs[argument])))
    .replace("/Microsoft.", "/providers/Microsoft.");
  const [subscription] = await (await azure()).list("/subscriptions");
  return `${subscription?.id}/resourceGroups/${below}`;
}

let client: Promise<ArmClient> | undefined;
/** The lab, by the variables that name it. */
function azure(): Promise<ArmClient> {
  const { MI_LINK_ARM_ENDPOINT, AZURE_AUTHORITY_HOST, MI_LINK_CA_FILE, ...env } = process.env;
  const missing = "This stand-in for the plugin of @pulumi/azure-native needs a lab";
  if (!MI_LINK_ARM_ENDPOINT || !AZURE_AUTHORITY_HOST || !MI_LINK_CA_FILE) throw new Error(missing);
  client ??= openArmClient(
    {
      endpoint: MI_LINK_ARM_ENDPOINT,
      authority: AZURE_AUTHORITY_HOST,
      tenantId: env.ARM_TENANT_ID ?? "",
      clientId: env.ARM_CLIENT_ID ?? "",
      clientSecret: env.ARM_CLIENT_SECRET ?? "",
    },
    MI_LINK_CA_FILE,
  );
  return client;
}

async function instanceAt(id: string): Promise<Bag> {
  const found = await (await azure()).get<{ readonly properties: Bag }>(id);
  if (!found) throw new Error(`The lab has no managed instance ${id}`);
  return found.properties;
}

const outputs = ["name", "type", "provisioningState", "state", "fullyQualifiedDomainName"];

serve({
  version: "0.0.0-stand-in",
  async check(urn, olds: Bag, news: Bag) {
    const own = nameOf(urn);
    const made = `${urn.split("::").at(-1)}${randomBytes(4).toString("hex")}`;
    return { inputs: { ...news, [own]: news[own] ?? olds[own] ?? made } };
  },
  async diff(_id, urn, olds: Bag, news: Bag) {
    const names = changed(olds, news, outputs);
    return { changes: names.length > 0, replaces: names.filter((name) => pathOf(urn).includes(`{${name}}`)) };
  },
  async create(urn, inputs: Bag) {
    const id = await idOf(urn, inputs);
    const own = { name: inputs[nameOf(urn)], provisioningState: "Succeeded" };
    if (typeOf(urn) !== "sql:ManagedInstance") return { id, outs: { ...inputs, ...own } };
    const { fullyQualifiedDomainName, state } = await instanceAt(id);
    return { id, outs: { ...inputs, ...own, fullyQualifiedDomainName, state } };
  },
  update: async (_id, _urn, olds: Bag, news: Bag) => ({ outs: { ...olds, ...news } }),
  async delete(id, urn) {
    if (typeOf(urn) !== "sql:ManagedInstance") return;
    for (const what of ["distributedAvailabilityGroups", "serverTrustCertificates"]) {
      const left = await (await azure()).list(`${id}/${what}`);
      // Azure would take them along, and leave SQL Server's half behind.
      if (left.length > 0) throw new Error(`${id} still has ${what}: ${left.map(({ name }) => name).join(", ")}`);
    }
  },
});
