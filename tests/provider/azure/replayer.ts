import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createCertificateAuthority } from "#lab/certificate-authority";
import { fixture } from "#lab-tests/support/place";
import type { Context } from "#provider/lifecycle/context";
import { newContext } from "#provider/lifecycle/context";

interface Interaction {
  readonly request: { readonly method: string; readonly uri: string; readonly body: unknown };
  readonly response: {
    readonly status: readonly [number, string];
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

/** What Azure once answered to its own clients, answered again over HTTPS, in the recorded order for each address. */
export interface Replayer {
  readonly context: Context;
  /** The path of the recording's instance. */
  readonly instanceId: string;
  readonly interactions: readonly Interaction[];
  /** Bodies of what was sent, by method. */
  readonly sent: { readonly method: string; readonly path: string; readonly body: unknown }[];
  close(): Promise<void>;
}

const kept = ["azure-asyncoperation", "location", "content-type", "x-ms-request-id"];

export async function replay(recording: string): Promise<Replayer> {
  const file = fixture("azure", recording);
  const { interactions }: { interactions: readonly Interaction[] } = JSON.parse(readFileSync(file, "utf8"));
  const left = [...interactions];
  const sent: { method: string; path: string; body: unknown }[] = [];
  const authority = await createCertificateAuthority();
  const tls = await authority.issue(["127.0.0.1"]);
  const server = createServer(tls, (request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", origin);
    const text = await read(request);
    const signIn = signInAnswer(pathname, origin);
    if (signIn) {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(signIn));
      return;
    }
    sent.push({ method: request.method ?? "", path: pathname, body: text && JSON.parse(text) });
    const index = left.findIndex(
      ({ request: { method, uri } }) => method === request.method && isSame(new URL(uri).pathname, pathname),
    );
    const [found] = index < 0 ? [] : left.splice(index, 1);
    if (!found) {
      response.writeHead(404, { "content-type": "application/json" }).end(
        JSON.stringify({
          error: { code: "ResourceNotFound", message: `not recorded: ${request.method} ${pathname}` },
        }),
      );
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(found.response.headers)
        .filter(([name]) => kept.includes(name.toLowerCase()))
        .map(([name, value]) => [name, value.replace("https://management.azure.com", origin)]),
    );
    response.writeHead(found.response.status[0], headers).end(JSON.stringify(found.response.body));
  }

  const folder = mkdtempSync(path.join(tmpdir(), "mi-link-replay-"));
  writeFileSync(path.join(folder, "ca.pem"), authority.pem);
  const config: Record<string, string> = {
    "mi-link:armEndpoint": origin,
    "mi-link:authorityHost": origin,
    "mi-link:caFile": path.join(folder, "ca.pem"),
    "azure-native:tenantId": "recorded",
    "azure-native:clientId": "recorded",
    "azure-native:clientSecret": "recorded-secret",
  };
  return {
    context: newContext({
      signal: new AbortController().signal,
      status: () => {},
      warn: () => {},
      config: (key) => config[key],
    }),
    instanceId:
      /^.*\/managedInstances\/[^/]+/.exec(new URL(interactions[0]?.request.uri ?? origin).pathname)?.[0] ?? "",
    interactions,
    sent,
    async close() {
      rmSync(folder, { recursive: true });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function signInAnswer(pathname: string, origin: string): object | undefined {
  if (pathname.endsWith("/.well-known/openid-configuration")) {
    const base = `${origin}/recorded`;
    return {
      issuer: `${base}/v2.0`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      jwks_uri: `${base}/keys`,
    };
  }
  return pathname.endsWith("/token") ? { token_type: "Bearer", expires_in: 3600, access_token: "a-token" } : undefined;
}

/** Recordings hold the polls of some operations only: any poll of the same kind stands for another. */
function isSame(recorded: string, asked: string): boolean {
  if (recorded === asked) return true;
  const kind = (address: string) => /^.*AzureAsyncOperation\//.exec(address)?.[0];
  return kind(recorded) !== undefined && kind(recorded) === kind(asked);
}

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
