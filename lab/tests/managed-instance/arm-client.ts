import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  type HttpMethods,
  tlsPolicy,
} from "@azure/core-rest-pipeline";
import { ClientSecretCredential, type TokenCredential } from "@azure/identity";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
}

/** A value from JSON.parse whose members can be read without checks. */
export interface Json {
  readonly [member: string]: Json;
}

export interface Arm {
  send(method: HttpMethods, address: string, body?: object): Promise<Answer>;
  /** Polls an accepted request's operation to its end. */
  finish(accepted: Answer): Promise<Answer>;
}

export interface ArmAddress {
  readonly endpoint: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly ca: string;
}

/** Signs in as the real libraries do. */
export function signIn({ endpoint, tenantId, clientId, clientSecret, ca }: ArmAddress): TokenCredential {
  return new ClientSecretCredential(tenantId, clientId, clientSecret, {
    authorityHost: endpoint,
    disableInstanceDiscovery: true,
    tlsOptions: { ca },
    retryOptions: { maxRetries: 0 },
  });
}

export function createArm(address: ArmAddress, credential: TokenCredential = signIn(address)): Arm {
  const client = createDefaultHttpClient();
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: `${address.endpoint}/.default` }));
  pipeline.addPolicy(tlsPolicy({ ca: address.ca }), { phase: "Sign" });

  async function send(method: HttpMethods, target: string, body?: object): Promise<Answer> {
    const request = createPipelineRequest({
      method,
      url: target.startsWith("/") ? `${address.endpoint}${target}` : target,
      headers: createHttpHeaders({ "content-type": "application/json" }),
      body: body && JSON.stringify(body),
    });
    const { status, headers, bodyAsText } = await pipeline.sendRequest(client, request);
    return { status, headers: headers.toJSON(), body: bodyAsText ? JSON.parse(bodyAsText) : {} };
  }

  return {
    send,
    async finish({ headers }) {
      for (;;) {
        const poll = await send("GET", headers["azure-asyncoperation"] ?? "");
        if (String(poll.body.status) !== "InProgress") return poll;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}
