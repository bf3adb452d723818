/** What Azure Resource Manager tells of its cloud to whoever asks, signed in or not: where to sign in, and for what. */
export function cloudMetadata(version: string | null, origin: string): object {
  const authentication = { loginEndpoint: origin, audiences: [origin] };
  // Azure Stack's form, which the Azure CLI asked for until 2.50 or so.
  if (version === "2015-01-01")
    return { galleryEndpoint: origin, graphEndpoint: origin, portalEndpoint: origin, authentication };
  const cloud = {
    name: "mi-link-lab",
    portal: origin,
    resourceManager: origin,
    graphAudience: origin,
    microsoftGraphResourceId: origin,
    gallery: origin,
    sqlManagement: origin,
    authentication: { ...authentication, tenant: "common", identityProvider: "AAD" },
    suffixes: { sqlServerHostname: "database.windows.net" },
  };
  // A list of all clouds until 2022-09-01, then the one that is asked.
  return version !== null && version < "2022-09-01" ? [cloud] : cloud;
}
