import { type Config, resolveSecret } from "../arguments/password";
import { secretOf } from "../arguments/sql-server-authentication";
import { addressOf, type CompleteSqlServer, connecting } from "../arguments/sql-server-settings";
import { accessTokens } from "../azure/access-token";
import { applicationOf, environmentOf, type Identity } from "../azure/environment";
import { VisibleError } from "../errors/visible-error";
import type { TokenSource } from "../sql-server/token-source";

interface Operation {
  readonly config: Config;
  readonly signal: AbortSignal;
  readonly status: (message: string) => void;
}

/** What SQL Server is signed in to with: a password, or tokens of Microsoft Entra, which come as those for Azure do. */
export async function sqlServerSecret(server: CompleteSqlServer, operation: Operation): Promise<string | TokenSource> {
  const { config, signal, status } = operation;
  switch (server.authentication) {
    case "SqlPassword":
    case "Ntlm":
      return await secretBehind(server, config);
    case "EntraAccessToken": {
      const get = () => secretBehind(server, config);
      return { key: server.credential ?? "", get, wait: async () => void (await get()) };
    }
    case "EntraDefault":
    case "EntraServicePrincipal":
    case "EntraManagedIdentity": {
      const azure = environmentOf(config);
      const { databaseAudience: audience } = azure;
      const identity = await identityOf(server, config, azure.identity);
      const environment = { ...azure, scope: `${audience}/.default`, identity };
      return {
        key: JSON.stringify(environment),
        audience,
        ...accessTokens(connecting(server), environment, { signal, status }),
      };
    }
  }
}

async function identityOf(server: CompleteSqlServer, config: Config, ofAzure: Identity): Promise<Identity> {
  if (server.authentication === "EntraDefault") return ofAzure;
  if (server.authentication === "EntraManagedIdentity") return { kind: "managedIdentity", clientId: server.clientId };
  const configured = applicationOf(config);
  const tenantId = server.tenantId ?? configured.tenantId ?? missing(server, "tenantId", "ARM_TENANT_ID");
  const clientId = server.clientId ?? configured.clientId ?? missing(server, "clientId", "ARM_CLIENT_ID");
  return { kind: "secret", tenantId, clientId, clientSecret: await secretBehind(server, config) };
}

const secretBehind = (server: CompleteSqlServer, config: Config): Promise<string> =>
  resolveSecret(
    server,
    `${server.user === undefined ? "for" : `of ${server.user} on`} ${addressOf(server)}`,
    config,
    secretOf(server.authentication),
  );

function missing(server: CompleteSqlServer, setting: "tenantId" | "clientId", variable: string): never {
  throw new VisibleError(
    {
      doing: connecting(server),
      cause: `there is no ${setting}, and neither azure-native:${setting} nor ${variable} is set.`,
      remedy: `give sqlServer.${setting}, or: pulumi config set azure-native:${setting} <id>`,
    },
    ["NoCredential"],
  );
}
