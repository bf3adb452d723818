import type { SettingName, Settings } from "../arguments/settings";
import { rememberSecret } from "../errors/secrets";
import { VisibleError } from "../errors/visible-error";

/** Where Azure is and as whom it is called. Equal environments share their tokens and connections. */
export interface Environment {
  /** Address of Azure Resource Manager, without a slash at the end. */
  readonly armEndpoint: string;
  /** The scope that tokens are asked for. */
  readonly scope: string;
  /** Whom tokens for SQL Server are for in this cloud. */
  readonly databaseAudience: string;
  readonly authorityHost: string;
  /** True for an authority that Microsoft does not know: otherwise the library asks Microsoft whether it is genuine. */
  readonly disableInstanceDiscovery: boolean;
  /** PEM file of the CA behind the endpoint and the authority, beside the public ones. */
  readonly caFile?: string;
  readonly identity: Identity;
}

export type Identity =
  | { readonly kind: "secret"; readonly tenantId: string; readonly clientId: string; readonly clientSecret: string }
  | {
      readonly kind: "certificate";
      readonly tenantId: string;
      readonly clientId: string;
      readonly path: string;
      readonly password?: string;
    }
  | { readonly kind: "oidc"; readonly tenantId: string; readonly clientId: string; readonly source: OidcSource }
  | { readonly kind: "managedIdentity"; readonly clientId?: string }
  /** Whatever DefaultAzureCredential finds: AZURE_* variables, workload and managed identity, az, azd, PowerShell. */
  | { readonly kind: "ambient"; readonly tenantId?: string };

/** Where the token of the other identity provider comes from. */
export type OidcSource =
  | { readonly token: string }
  | { readonly file: string }
  | { readonly requestUrl: string; readonly requestToken: string };

type Config = (key: string) => string | undefined;

interface Cloud {
  readonly armEndpoint: string;
  readonly authorityHost: string;
  readonly databaseAudience: string;
}

/** Addresses of the national clouds: "Compare Azure Government and global Azure", "Azure in China developer guide". */
const clouds: Readonly<Record<"public" | "usgovernment" | "china", Cloud>> = {
  public: {
    armEndpoint: "https://management.azure.com",
    authorityHost: "https://login.microsoftonline.com",
    databaseAudience: "https://database.windows.net",
  },
  usgovernment: {
    armEndpoint: "https://management.usgovcloudapi.net",
    authorityHost: "https://login.microsoftonline.us",
    databaseAudience: "https://database.usgovcloudapi.net",
  },
  china: {
    armEndpoint: "https://management.chinacloudapi.cn",
    authorityHost: "https://login.chinacloudapi.cn",
    databaseAudience: "https://database.chinacloudapi.cn",
  },
};

/** Names of the clouds as azure-native, Terraform and az spell them. */
const cloudNames: Readonly<Record<string, keyof typeof clouds>> = {
  public: "public",
  azurecloud: "public",
  azurepubliccloud: "public",
  usgovernment: "usgovernment",
  usgov: "usgovernment",
  azureusgovernment: "usgovernment",
  azureusgovernmentcloud: "usgovernment",
  china: "china",
  azurechinacloud: "china",
};

/** Configuration of the stack comes before variables of the process, as with azure-native. */
export function environmentOf(config: Config, env: NodeJS.ProcessEnv = process.env): Environment {
  const given = givenBy(config, env);
  const cloud =
    clouds[cloudNamed(given("azure-native:environment", "ARM_ENVIRONMENT", "AZURE_ENVIRONMENT") ?? "public")];
  const authorityHost = given("mi-link:authorityHost", "AZURE_AUTHORITY_HOST");
  const armEndpoint = address(
    "mi-link:armEndpoint",
    given("mi-link:armEndpoint", "MI_LINK_ARM_ENDPOINT") ?? cloud.armEndpoint,
  );
  const authority = address("mi-link:authorityHost", authorityHost ?? cloud.authorityHost);
  const identity = identityOf(given);
  for (const secret of secretsOf(identity)) rememberSecret(secret);
  return {
    armEndpoint,
    scope: `${armEndpoint}/.default`,
    databaseAudience: cloud.databaseAudience,
    authorityHost: authority,
    disableInstanceDiscovery: !Object.values(clouds).some((known) => known.authorityHost === authority),
    caFile: given("mi-link:caFile", "MI_LINK_CA_FILE"),
    identity,
  };
}

function cloudNamed(name: string): keyof typeof clouds {
  const cloud = cloudNames[name.toLowerCase()];
  if (cloud) return cloud;
  throw new VisibleError(
    {
      doing: "find out which Azure cloud to use",
      cause: `azure-native:environment (or ARM_ENVIRONMENT, AZURE_ENVIRONMENT) is ${JSON.stringify(name)}.`,
      remedy: `use public, usgovernment or china: pulumi config set azure-native:environment public; for another cloud set mi-link:armEndpoint and mi-link:authorityHost.`,
    },
    ["UnknownCloud"],
  );
}

function address(setting: SettingName, value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  // Bearer tokens never go over an unencrypted connection.
  if (url?.protocol === "https:") return value.replace(/\/+$/, "");
  throw new VisibleError(
    {
      doing: "find out where Azure is",
      cause: `${setting} is ${JSON.stringify(value)}, which is not an https address.`,
      remedy: `pulumi config set ${setting} https://<host>`,
    },
    ["BadAddress"],
  );
}

type Given = <Key extends SettingName>(key: Key, ...variables: Settings[Key]) => string | undefined;

const givenBy =
  (config: Config, env: NodeJS.ProcessEnv): Given =>
  (key, ...variables) =>
    [config(key), ...variables.map((name) => name && env[name])].find((value) => value !== undefined && value !== "");

/** The application that is configured for Azure. */
export function applicationOf(config: Config, env: NodeJS.ProcessEnv = process.env) {
  const given = givenBy(config, env);
  return {
    tenantId: given("azure-native:tenantId", "ARM_TENANT_ID", "AZURE_TENANT_ID"),
    clientId: given("azure-native:clientId", "ARM_CLIENT_ID", "AZURE_CLIENT_ID"),
  };
}

function identityOf(given: Given): Identity {
  const tenantId = given("azure-native:tenantId", "ARM_TENANT_ID");
  const clientId = given("azure-native:clientId", "ARM_CLIENT_ID");
  if (isOn(given("azure-native:useMsi", "ARM_USE_MSI"))) return { kind: "managedIdentity", clientId };
  if (tenantId === undefined || clientId === undefined) return { kind: "ambient", tenantId };

  const clientSecret = given("azure-native:clientSecret", "ARM_CLIENT_SECRET");
  if (clientSecret !== undefined) return { kind: "secret", tenantId, clientId, clientSecret };
  const path = given("azure-native:clientCertificatePath", "ARM_CLIENT_CERTIFICATE_PATH");
  const password = given("azure-native:clientCertificatePassword", "ARM_CLIENT_CERTIFICATE_PASSWORD");
  if (path !== undefined) return { kind: "certificate", tenantId, clientId, path, password };
  const source = isOn(given("azure-native:useOidc", "ARM_USE_OIDC")) ? oidcSource(given) : undefined;
  return source ? { kind: "oidc", tenantId, clientId, source } : { kind: "ambient", tenantId };
}

const isOn = (value: string | undefined): boolean => value?.toLowerCase() === "true" || value === "1";

function oidcSource(given: Given): OidcSource | undefined {
  const token = given("azure-native:oidcToken", "ARM_OIDC_TOKEN");
  if (token !== undefined) return { token };
  const file = given("azure-native:oidcTokenFilePath", "ARM_OIDC_TOKEN_FILE_PATH");
  if (file !== undefined) return { file };
  const requestUrl = given("azure-native:oidcRequestUrl", "ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL");
  const requestToken = given(
    "azure-native:oidcRequestToken",
    "ARM_OIDC_REQUEST_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
  );
  return requestUrl !== undefined && requestToken !== undefined ? { requestUrl, requestToken } : undefined;
}

function secretsOf(identity: Identity): readonly string[] {
  if (identity.kind === "secret") return [identity.clientSecret];
  if (identity.kind === "certificate") return identity.password === undefined ? [] : [identity.password];
  if (identity.kind !== "oidc") return [];
  if ("token" in identity.source) return [identity.source.token];
  return "requestToken" in identity.source ? [identity.source.requestToken] : [];
}
