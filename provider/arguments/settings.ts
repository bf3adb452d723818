/**
 * What can be configured beside the arguments: `pulumi config set KEY VALUE`, or where that is not set, the variables of the
 * environment, the first that is set. `mi-link` has no stack, and reads the variables only.
 */
export interface Settings {
  /**
   * Address of Azure Resource Manager, for a cloud that `azure-native:environment` does not know, or a test. https only.
   * @default that of the cloud
   */
  readonly "mi-link:armEndpoint": ["MI_LINK_ARM_ENDPOINT"];
  /** Address of the sign-in service. https only. @default that of the cloud */
  readonly "mi-link:authorityHost": ["AZURE_AUTHORITY_HOST"];
  /**
   * PEM file of a certificate authority to trust for Azure and its sign-in service, beside the public ones. SQL Server's is
   * `sqlServer.caFile`. @default none
   */
  readonly "mi-link:caFile": ["MI_LINK_CA_FILE"];
  /**
   * `off`: nothing is noted on the SQL Server about which stack made what. Then what a killed run had made is refused by the
   * next `up` as there already (`adopt` takes it over), and no stack knows what another one made. @default notes are written
   */
  readonly "mi-link:notes": [];
  /** The cloud: `public`, `usgovernment` or `china`, and the names that Terraform and `az` have for them. @default `public` */
  readonly "azure-native:environment": ["ARM_ENVIRONMENT", "AZURE_ENVIRONMENT"];
  /**
   * Tenant of the application that Azure is signed in to as. `AZURE_TENANT_ID` counts here for SQL Server's
   * `"EntraServicePrincipal"`; for Azure it is read by DefaultAzureCredential. @default whatever DefaultAzureCredential finds
   */
  readonly "azure-native:tenantId": ["ARM_TENANT_ID", "AZURE_TENANT_ID"?];
  /**
   * That application; or with `azure-native:useMsi` the user-assigned identity. `AZURE_CLIENT_ID` as `AZURE_TENANT_ID`.
   * @default whatever DefaultAzureCredential finds
   */
  readonly "azure-native:clientId": ["ARM_CLIENT_ID", "AZURE_CLIENT_ID"?];
  /** Its secret. Configured with `--secret`, it is kept in the state, encrypted; the variable is not. @default none */
  readonly "azure-native:clientSecret": ["ARM_CLIENT_SECRET"];
  /** File of its certificate with the private key, in place of a secret. @default none */
  readonly "azure-native:clientCertificatePath": ["ARM_CLIENT_CERTIFICATE_PATH"];
  /** Password of that file. @default none */
  readonly "azure-native:clientCertificatePassword": ["ARM_CLIENT_CERTIFICATE_PASSWORD"];
  /** `true`: sign in as the managed identity of the machine. @default `false` */
  readonly "azure-native:useMsi": ["ARM_USE_MSI"];
  /** `true`: sign in as the application with a token of another identity provider. @default `false` */
  readonly "azure-native:useOidc": ["ARM_USE_OIDC"];
  /** That token. @default none */
  readonly "azure-native:oidcToken": ["ARM_OIDC_TOKEN"];
  /** File that holds it. @default none */
  readonly "azure-native:oidcTokenFilePath": ["ARM_OIDC_TOKEN_FILE_PATH"];
  /** Address to ask for it, as GitHub Actions has one. @default none */
  readonly "azure-native:oidcRequestUrl": ["ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL"];
  /** Token to ask with. @default none */
  readonly "azure-native:oidcRequestToken": ["ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"];
}

/** What the environment alone says. */
export interface Variables {
  /** Where Pulumi keeps the state, as Pulumi reads it. It is written into the notes on the server, beside the stack's name. @default the project's `backend.url`, or the login */
  readonly PULUMI_BACKEND_URL: [];
  /** Folder of Pulumi's own files, where the login is found. @default `~/.pulumi` */
  readonly PULUMI_HOME: [];
  /**
   * File to which every run, of Pulumi and of `mi-link`, appends what it changes on the servers, with time, server and outcome,
   * without passwords. Any number of runs may share it; one that cannot be written is told once. @default none is written
   */
  readonly MI_LINK_TRANSCRIPT: [];
}

export type SettingName = keyof Settings;
