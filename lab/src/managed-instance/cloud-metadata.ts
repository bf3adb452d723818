/** Azure Resource Manager tells anybody, signed in or not, about its cloud: where to sign in, and for what. */
export function cloudMetadata(version: string | null, origin: string): object {
  const authentication = { loginEndpoint: origin, audiences: [origin] };
  // Azure Stack answers in this form, which the Azure CLI asked for until 2.50 or so.
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
  // Versions until 2022-09-01 list all clouds; later ones show the one that is asked.
  return version !== null && version < "2022-09-01" ? [cloud] : cloud;
}
