import { readFile } from "node:fs/promises";
import type { Environment, OidcSource } from "./environment";

/** The library's credential for an environment. The same CA holds for its own requests. */
export async function credentialOf(
  { identity, authorityHost, disableInstanceDiscovery }: Environment,
  ca: readonly string[] | undefined,
) {
  const azure = require("@azure/identity") as typeof import("@azure/identity");
  const options = { authorityHost, disableInstanceDiscovery, ...(ca ? { tlsOptions: { ca: [...ca] } } : {}) };
  switch (identity.kind) {
    case "secret":
      return new azure.ClientSecretCredential(identity.tenantId, identity.clientId, identity.clientSecret, options);
    case "certificate":
      return new azure.ClientCertificateCredential(
        identity.tenantId,
        identity.clientId,
        { certificatePath: identity.path, certificatePassword: identity.password },
        options,
      );
    case "oidc":
      return new azure.ClientAssertionCredential(
        identity.tenantId,
        identity.clientId,
        () => assertion(identity.source),
        options,
      );
    case "managedIdentity":
      return identity.clientId === undefined
        ? new azure.ManagedIdentityCredential(options)
        : new azure.ManagedIdentityCredential(identity.clientId, options);
    case "ambient":
      return new azure.DefaultAzureCredential({ ...options, tenantId: identity.tenantId });
  }
}

export type Credential = Awaited<ReturnType<typeof credentialOf>>;

async function assertion(source: OidcSource): Promise<string> {
  if ("token" in source) return source.token;
  if ("file" in source) return (await readFile(source.file, "utf8")).trim();
  // GitHub's and Azure DevOps' way: the runner gives a token for the audience that is asked for.
  const url = new URL(source.requestUrl);
  url.searchParams.set("audience", "api://AzureADTokenExchange");
  const response = await fetch(url, { headers: { authorization: `Bearer ${source.requestToken}` } });
  if (!response.ok)
    throw new Error(`the identity provider answered ${response.status} to the request for an OIDC token`);
  const { value } = (await response.json()) as { readonly value: string };
  return value;
}
