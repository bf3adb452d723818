import { readFile } from "node:fs/promises";
import type { Environment, OidcSource } from "./environment";
import type { Transport } from "./transport";

/** The library's credential for an environment. The same CA holds for its own requests. */
export async function credentialOf(
  { identity, authorityHost, disableInstanceDiscovery }: Environment,
  transport: Transport,
) {
  const azure = require("@azure/identity") as typeof import("@azure/identity");
  const { client: httpClient, tlsOptions } = transport;
  const shared = { authorityHost, disableInstanceDiscovery, httpClient, ...(tlsOptions ? { tlsOptions } : {}) };
  // `untilAnswered` retries, as it can tell the user. Only these two keep the retries of the library, which needs them
  // to find out which credentials the machine has.
  const isSearching = identity.kind === "managedIdentity" || identity.kind === "ambient";
  const options = isSearching ? shared : { ...shared, retryOptions: { maxRetries: 0 } };
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
        () => assertion(identity.source, transport),
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

async function assertion(source: OidcSource, { client, tlsOptions }: Transport): Promise<string> {
  if ("token" in source) return source.token;
  if ("file" in source) return (await readFile(source.file, "utf8")).trim();
  // GitHub's and Azure DevOps' way: the runner gives a token for the audience that is asked for.
  const http = require("@azure/core-rest-pipeline") as typeof import("@azure/core-rest-pipeline");
  const url = new URL(source.requestUrl);
  url.searchParams.set("audience", "api://AzureADTokenExchange");
  const request = http.createPipelineRequest({
    url: url.href,
    headers: http.createHttpHeaders({ authorization: `Bearer ${source.requestToken}` }),
  });
  const pipeline = http.createPipelineFromOptions({ ...(tlsOptions ? { tlsOptions } : {}) });
  pipeline.removePolicy({ phase: "Retry" });
  const { status, bodyAsText } = await pipeline.sendRequest(client, request);
  if (status >= 400) throw new Error(`the identity provider answered ${status} to the request for an OIDC token`);
  const { value } = JSON.parse(bodyAsText ?? "") as { readonly value: string };
  return value;
}
