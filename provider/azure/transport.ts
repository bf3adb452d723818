import { createSecureContext, type SecureContext } from "node:tls";
import type { HttpClient, TlsSettings } from "@azure/core-rest-pipeline";

/** The library hands it on to Node as it is. */
type Trusted = TlsSettings & { readonly secureContext: SecureContext };

/** How requests leave: to Azure Resource Manager and, for tokens, to the sign-in service. */
export interface Transport {
  readonly client: HttpClient;
  /** TLS settings for the options of the library; undefined where `mi-link:caFile` is not set. */
  readonly tlsOptions: Trusted | undefined;
}

/** Azure Resource Manager itself gives up after 60 seconds. */
const requestTimeoutMilliseconds = 100_000;

/**
 * The library's client. Behind HTTPS_PROXY the library gives each request an agent that knows no CA and drops the TLS
 * options, so there the CA goes with the request itself, which that agent hands on to TLS. The roots are read here, once: given as
 * `ca`, Node reads them for each connection, and makes one long text of them for each request.
 */
export function transportWith(ca: readonly string[] | undefined): Transport {
  const http = require("@azure/core-rest-pipeline") as typeof import("@azure/core-rest-pipeline");
  const client = http.createDefaultHttpClient();
  const tlsOptions = ca && { secureContext: createSecureContext({ ca: [...ca] }) };
  return {
    tlsOptions,
    client: {
      sendRequest(request) {
        request.timeout ||= requestTimeoutMilliseconds;
        if (tlsOptions && request.agent) request.requestOverrides = { ...request.requestOverrides, ...tlsOptions };
        return client.sendRequest(request);
      },
    },
  };
}
