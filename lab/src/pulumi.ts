import type { Ready } from "./ready";

/** The environment that makes the lab the Azure of a Pulumi program. */
export function azureEnvironment({ arm, caFile }: Ready): Record<string, string> {
  return {
    ARM_CLIENT_ID: arm.clientId,
    ARM_CLIENT_SECRET: arm.clientSecret,
    ARM_TENANT_ID: arm.tenantId,
    AZURE_AUTHORITY_HOST: arm.authority,
    MI_LINK_ARM_ENDPOINT: arm.endpoint,
    MI_LINK_CA_FILE: caFile,
  };
}

/** And the passwords, under the names that the examples and `mi-link` read. All of a kind have the same one. */
export function programEnvironment(ready: Ready): Record<string, string> {
  return {
    ...azureEnvironment(ready),
    SQL_SERVER_PASSWORD: ready.sqlServers[0]?.password ?? "",
    MANAGED_INSTANCE_PASSWORD: ready.managedInstances[0]?.password ?? "",
    MASTER_KEY_PASSWORD: "Kept-in-a-safe-place-1",
  };
}

/** For a shell's `source` and for Node's --env-file: both take `export` and single quotes, and neither a quote inside. */
export function environmentFile(ready: Ready): string {
  const lines = Object.entries(programEnvironment(ready)).map(([name, value]) => {
    if (/['\n]/.test(value))
      throw new Error(`${name} has a quote in it, which --environment-file cannot write: ${value}`);
    return `export ${name}='${value}'\n`;
  });
  return lines.join("");
}

/** The configuration of a stack whose program reads where everything is, as the examples do: of the first of each. */
export function stackConfig({ sqlServers: [server], managedInstances: [instance], caFile }: Ready) {
  const database = server?.databases[0];
  if (!server || !instance || !database)
    throw new Error("the lab has no SQL Server with a database, or no managed instance");
  return {
    sqlServerHost: server.host,
    sqlServerPort: String(server.port),
    sqlServerUser: server.user,
    sqlServerCaFile: caFile,
    managedInstanceId: instance.id,
    database,
  };
}

/** `Pulumi.<stack>.yaml`. A key without a namespace belongs to the project, and JSON is YAML. */
export const stackFile = (ready: Ready): string => `config: ${JSON.stringify(stackConfig(ready), undefined, 2)}\n`;
