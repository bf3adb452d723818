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

/** For a shell's `source` and for Node's --env-file: both take `export` and single quotes, and neither a quote inside. */
export function environmentFile(ready: Ready): string {
  const lines = Object.entries(azureEnvironment(ready)).map(([name, value]) => {
    if (/['\n]/.test(value))
      throw new Error(`${name} has a quote in it, which --environment-file cannot write: ${value}`);
    return `export ${name}='${value}'\n`;
  });
  return lines.join("");
}
