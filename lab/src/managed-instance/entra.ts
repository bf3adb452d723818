import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Directory } from "../sql-server/model";
import { ArmError } from "./arm-error";

/** The one application that may sign in. */
export interface Application {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

interface Claims {
  readonly aud: string;
  readonly exp: number;
  readonly appid: string;
}

export interface TokenReply {
  readonly status: number;
  readonly body: object;
}

/** Microsoft Entra ID as far as a client secret needs it: discovery, the token endpoint, and the check of a token. */
export interface Entra {
  readonly application: Application;
  /** undefined: not an address of the sign-in service. */
  answer(method: string, path: string, origin: string, form: URLSearchParams): TokenReply | undefined;
  /** Throws what Azure Resource Manager answers to a request without a good bearer token. */
  authenticate(authorization: string | undefined): void;
  /** What SQL Server asks it, where `audience` is whom tokens for SQL Server are for. */
  directory(origin: string, audience: string): Directory;
}

/** The name of the one application. */
const displayName = "mi-link-lab";

/** Machine time, not the lab's: the client libraries keep a token for as long as their own clock says. */
const secondsNow = () => Math.floor(Date.now() / 1000);

export function createEntra(application: Application, lifetimeSeconds = 3599): Entra {
  const signingKey = randomBytes(32);
  const signature = (text: string) => createHmac("sha256", signingKey).update(text).digest();

  function issue(audience: string, origin: string): string {
    const issued = secondsNow();
    const claims = {
      aud: audience,
      iss: `${origin}/${application.tenantId}/v2.0`,
      iat: issued,
      nbf: issued,
      exp: issued + lifetimeSeconds,
      appid: application.clientId,
      tid: application.tenantId,
    };
    const text = [{ typ: "JWT", alg: "HS256" }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    return `${text}.${signature(text).toString("base64url")}`;
  }

  /** undefined: nobody here has signed it. */
  function claimsOf(text: string): Claims | undefined {
    const [head, claims, proof] = text.split(".");
    if (!head || !claims || !proof) return undefined;
    if (!sameBytes(Buffer.from(proof, "base64url"), signature(`${head}.${claims}`))) return undefined;
    return JSON.parse(Buffer.from(claims, "base64url").toString());
  }

  function token(tenant: string, origin: string, form: URLSearchParams): TokenReply {
    if (tenant !== application.tenantId) return refused(400, "invalid_request", 90002, `Tenant '${tenant}' not found.`);
    if (form.get("grant_type") !== "client_credentials")
      return refused(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
    if (form.get("client_id") !== application.clientId)
      return refused(
        400,
        "unauthorized_client",
        700016,
        `Application with identifier '${form.get("client_id")}' was not found in the directory.`,
      );
    if (!sameSecret(form.get("client_secret") ?? "", application.clientSecret))
      return refused(
        401,
        "invalid_client",
        7000215,
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.",
      );
    // The token endpoint's version 1 says `resource`, its version 2 says `scope`.
    const audience =
      form.get("resource") ??
      form
        .get("scope")
        ?.split(" ")[0]
        ?.replace(/\/?\.default$/, "") ??
      "";
    return {
      status: 200,
      body: {
        token_type: "Bearer",
        expires_in: lifetimeSeconds,
        ext_expires_in: lifetimeSeconds,
        access_token: issue(audience, origin),
      },
    };
  }

  return {
    application,
    answer(method, path, origin, form) {
      if (method === "GET" && path === "/common/discovery/instance")
        return { status: 200, body: discovery(origin, application) };
      if (method === "GET" && path === "/adfs/.well-known/openid-configuration")
        return { status: 200, body: federationConfiguration(origin) };
      if (method === "POST" && path === "/adfs/oauth2/token") return token(application.tenantId, origin, form);
      const [, tenant, rest] = /^\/([^/]+)\/(.+)$/.exec(path) ?? [];
      if (!tenant || !rest) return undefined;
      if (method === "POST") return tokenPaths.has(rest) ? token(tenant, origin, form) : undefined;
      const document = documents.get(rest);
      return document && { status: 200, body: document(origin, tenant) };
    },
    authenticate(authorization) {
      if (!authorization?.startsWith("Bearer "))
        throw unauthenticated("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.");
      const claims = claimsOf(authorization.slice("Bearer ".length));
      if (!claims) throw unauthenticated("InvalidAuthenticationToken", "The access token is invalid.");
      if (claims.exp <= secondsNow())
        throw unauthenticated(
          "ExpiredAuthenticationToken",
          "The access token has expired. Please obtain a fresh token and retry.",
        );
    },
    directory: (origin, audience) => ({
      stsUrl: `${origin}/${application.tenantId}`,
      servicePrincipalName: `${audience}/`,
      principalOf(text) {
        const claims = claimsOf(text);
        const isGood = claims && claims.exp > secondsNow() && claims.aud.replace(/\/$/, "") === audience;
        return isGood ? claims.appid : undefined;
      },
      find: (name) => (name === displayName ? application.clientId : undefined),
    }),
  };
}

function discovery(origin: string, { tenantId }: Application): object {
  return {
    tenant_discovery_endpoint: `${origin}/${tenantId}/v2.0/.well-known/openid-configuration`,
    "api-version": "1.1",
    metadata: [
      {
        preferred_network: new URL(origin).host,
        preferred_cache: new URL(origin).host,
        aliases: [new URL(origin).host],
      },
    ],
  };
}

const tokenPaths: ReadonlySet<string> = new Set(["oauth2/token", "oauth2/v2.0/token"]);

type Document = (origin: string, tenant: string) => object;

/** The lab publishes no keys: it signs with its own, and nobody else verifies its tokens. */
const noKeys: Document = () => ({ keys: [] });

/** The documents of both versions of the sign-in service. */
const documents: ReadonlyMap<string, Document> = new Map([
  [".well-known/openid-configuration", (origin: string, tenant: string) => configuration(origin, tenant, "")],
  ["v2.0/.well-known/openid-configuration", (origin: string, tenant: string) => configuration(origin, tenant, "/v2.0")],
  ["discovery/keys", noKeys],
  ["discovery/v2.0/keys", noKeys],
]);

function configuration(origin: string, tenant: string, version: "" | "/v2.0"): object {
  return {
    issuer: version ? `${origin}/${tenant}/v2.0` : `${origin}/${tenant}/`,
    token_endpoint: `${origin}/${tenant}/oauth2${version}/token`,
    authorization_endpoint: `${origin}/${tenant}/oauth2${version}/authorize`,
    end_session_endpoint: `${origin}/${tenant}/oauth2${version}/logout`,
    jwks_uri: `${origin}/${tenant}/discovery${version}/keys`,
    response_types_supported: ["code", "id_token", "token"],
  };
}

/** AD FS, as Azure Stack has it: with it, clients of before 2023 sign in to an authority that Microsoft does not know. */
function federationConfiguration(origin: string): object {
  return {
    issuer: `${origin}/adfs`,
    token_endpoint: `${origin}/adfs/oauth2/token`,
    authorization_endpoint: `${origin}/adfs/oauth2/authorize`,
    end_session_endpoint: `${origin}/adfs/oauth2/logout`,
    jwks_uri: `${origin}/adfs/discovery/keys`,
    response_types_supported: ["code", "id_token", "token"],
  };
}

function refused(status: number, error: string, code: number, text: string): TokenReply {
  return {
    status,
    body: {
      error,
      error_description: `AADSTS${code}: ${text}`,
      error_codes: [code],
      timestamp: new Date().toISOString(),
    },
  };
}

function unauthenticated(code: string, message: string): ArmError {
  return new ArmError(401, code, message, {
    headers: { "www-authenticate": `Bearer error="invalid_token", error_description="${message}"` },
  });
}

function sameSecret(one: string, other: string): boolean {
  return sameBytes(Buffer.from(one), Buffer.from(other));
}

function sameBytes(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
