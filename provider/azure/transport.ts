import type { HttpClient, TlsSettings } from "@azure/core-rest-pipeline";

/** How requests leave: to Azure Resource Manager and, for tokens, to the sign-in service. */
export interface Transport {
  readonly client: HttpClient;
  /** TLS settings for the options of the library; undefined where `mi-link:caFile` is not set. */
  readonly tlsOptions: TlsSettings | undefined;
}

/** Azure Resource Manager itself gives up after 60 seconds. */
const requestTimeoutMilliseconds = 100_000;

/**
 * The library's client. Behind HTTPS_PROXY the library gives each request an agent that knows no CA and drops the TLS
 * options, so there the CA goes with the request itself, which that agent hands on to TLS.
 */
export function transportWith(ca: readonly string[] | undefined): Transport {
  const http = require("@azure/core-rest-pipeline") as typeof import("@azure/core-rest-pipeline");
  const client = http.createDefaultHttpClient();
  const tlsOptions = ca && { ca: [...ca] };
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
