/**
 * As whom SQL Server is signed in to, and how. The four of Microsoft Entra are those of "Microsoft Entra authentication for
 * SQL Server" that need nobody at the keyboard; drivers call them ActiveDirectoryDefault and so on.
 */
export const authentications = [
  "SqlPassword",
  "Ntlm",
  "EntraDefault",
  "EntraServicePrincipal",
  "EntraManagedIdentity",
  "EntraAccessToken",
] as const;

export type Authentication = (typeof authentications)[number];

/** The settings that say as whom. */
interface Principal {
  readonly user?: string;
  readonly password?: string;
  readonly credential?: string;
  readonly tenantId?: string;
  readonly clientId?: string;
}

type Setting = keyof Principal;

interface Way {
  /** What it takes; anything else of `Principal` is refused. */
  readonly takes: readonly Setting[];
  /** Why it takes no other. */
  readonly because: string;
  /** What `password` or `credential` is: the one secret that is needed. */
  readonly secret?: string;
}

const withPassword = {
  takes: ["user", "password", "credential"],
  because: "it is for Microsoft Entra: say so with authentication",
  secret: "password",
} as const;

const ways: Readonly<Record<Authentication, Way>> = {
  SqlPassword: withPassword,
  Ntlm: withPassword,
  EntraDefault: { takes: [], because: "the principal is the one that Azure is signed in to with" },
  EntraServicePrincipal: {
    takes: ["password", "credential", "tenantId", "clientId"],
    because: "the application is known by its clientId",
    secret: "client secret",
  },
  EntraManagedIdentity: {
    takes: ["clientId"],
    because: "Azure knows the identity of this machine, and needs no secret",
  },
  EntraAccessToken: {
    takes: ["credential"],
    because: "the token says whose it is, and as it lasts an hour it is read anew for each connection, from credential",
    secret: "access token",
  },
};

export const isEntra = (authentication: Authentication): boolean => authentication.startsWith("Entra");

/** What is missing, what is there for nothing and what looks wrong, all at once. */
export function authenticationProblems(
  server: Principal & { readonly encrypt?: string },
  authentication: Authentication,
): readonly string[] {
  const way: Way | undefined = ways[authentication];
  if (!way) return [];
  const { takes, because, secret } = way;
  const { user, password, credential, tenantId, clientId, encrypt } = server;
  const principal: Principal = { user, password, credential, tenantId, clientId };
  const problems: string[] = [];
  const surplus = Object.entries(principal).flatMap(([name, value]) =>
    value === undefined || takes.some((taken) => taken === name) ? [] : [name],
  );
  if (surplus.length > 0) problems.push(`${surplus.join(", ")} must be left out with ${authentication}: ${because}`);
  if (secret !== undefined) problems.push(...secretProblems(principal, takes, isEntra(authentication) ? secret : ""));
  if (takes.includes("user") && !user) problems.push("user is required");
  if (authentication === "Ntlm" && user !== undefined && !/^[^\\]+\\[^\\]+$/.test(user))
    problems.push("user must be DOMAIN\\user with Ntlm");
  if (isEntra(authentication) && encrypt === "optional")
    problems.push(`encrypt must be "mandatory" or "strict" with ${authentication}: a token goes over TLS only`);
  if (takes.includes("clientId") && clientId !== undefined && !isGuid(clientId))
    problems.push("clientId must be the application's (client) id, a GUID, not its name");
  if (takes.includes("tenantId") && tenantId !== undefined && !/^[\w.-]+$/.test(tenantId))
    problems.push("tenantId must be the tenant's id, a GUID, or its domain name");
  return problems;
}

function secretProblems({ password, credential }: Principal, takes: readonly Setting[], what: string): string[] {
  const isBy = takes.includes("password") ? "password or credential" : "credential";
  if (takes.includes("password") && password !== undefined && credential !== undefined)
    return ["give password or credential, not both"];
  if (credential !== undefined || (takes.includes("password") && password !== undefined)) return [];
  return [`${isBy} (env:NAME, file:PATH or config:KEY) is required${what === "" ? "" : `: the ${what}`}`];
}

const isGuid = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** What the secret is, for messages: "password", "client secret", "access token". */
export const secretOf = (authentication: Authentication): string => ways[authentication].secret ?? "secret";

/** As whom, for messages. */
export function principalIn(server: Principal & { readonly authentication: Authentication }): string {
  const { user, clientId, credential, authentication } = server;
  switch (authentication) {
    case "SqlPassword":
    case "Ntlm":
      return user ?? "(no user)";
    case "EntraDefault":
      return "the principal of Azure (EntraDefault)";
    case "EntraServicePrincipal":
      return `the application ${clientId ?? "of ARM_CLIENT_ID"} (EntraServicePrincipal)`;
    case "EntraManagedIdentity":
      return `the managed identity ${clientId ?? "of this machine"} (EntraManagedIdentity)`;
    case "EntraAccessToken":
      return `whoever the token of ${credential} is for (EntraAccessToken)`;
  }
}
