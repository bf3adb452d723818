import { mutateBytes, mutateText, oneOf, type Random } from "./mutation";

/** A request as it is before anything is done to it. */
export interface HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

const json = ["content-type", "application/json"] as const;
const form = ["content-type", "application/x-www-form-urlencoded"] as const;

export interface Place {
  readonly host: string;
  readonly token: string;
  /** Resource id. */
  readonly instanceId: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly sqlServer: string;
}

/** What clients ask of the management plane and the sign-in service. */
export function managementRequests(place: Place): readonly HttpRequest[] {
  const { host, token, instanceId, tenantId, clientId, clientSecret, sqlServer } = place;
  const headers = [["host", host], ["authorization", `Bearer ${token}`], json] as const;
  const of = (rest: string, version = "2023-08-01"): string => `${instanceId}${rest}?api-version=${version}`;
  const subscription = instanceId.split("/").slice(0, 3).join("/");
  const link = {
    properties: {
      databases: [{ databaseName: "db1" }],
      failoverMode: "Manual",
      instanceAvailabilityGroupName: "sqlmi1",
      instanceLinkRole: "Secondary",
      partnerAvailabilityGroupName: "AG_db1",
      partnerEndpoint: `TCP://${sqlServer}:5022`,
      seedingMode: "Automatic",
      replicationMode: "Async",
    },
  };
  const old = {
    properties: {
      primaryAvailabilityGroupName: "AG_db1",
      secondaryAvailabilityGroupName: "sqlmi1",
      targetDatabase: "db1",
      sourceEndpoint: `TCP://${sqlServer}:5022`,
    },
  };
  const get = (target: string): HttpRequest => ({ method: "GET", target, headers });
  const put = (target: string, body: object, method = "PUT"): HttpRequest => ({
    method,
    target,
    headers,
    body: JSON.stringify(body),
  });
  const signIn = {
    grant_type: "client_credentials",
    client_id: clientId,
    client_secret: clientSecret,
    scope: "x/.default",
  };
  const group = "/distributedAvailabilityGroups/DAG_db1";
  return [
    get("/metadata/endpoints?api-version=2022-09-01"),
    get("/subscriptions?api-version=2022-12-01"),
    get(`${subscription}/resourceGroups?api-version=2022-12-01`),
    get(
      `${subscription}/providers/Microsoft.Sql/locations/westeurope/managedInstanceAzureAsyncOperation/${tenantId}?api-version=2023-08-01`,
    ),
    get("/tenants?api-version=2022-12-01"),
    get(of("")),
    get(of("/databases")),
    get(of("/endpointCertificates/DATABASE_MIRRORING")),
    get(of("/serverTrustCertificates")),
    get(of("/distributedAvailabilityGroups", "2022-02-01-preview")),
    get(of(group)),
    put(of(group), link),
    put(of(group, "2022-02-01-preview"), old),
    put(of(group), { properties: { replicationMode: "Sync" } }, "PATCH"),
    put(of(`${group}/failover`), { failoverType: "Planned" }, "POST"),
    put(of(`${group}/setRole`), { instanceRole: "Primary", roleChangeType: "Forced" }, "POST"),
    { ...get(of(group)), method: "DELETE" },
    put(of("/serverTrustCertificates/c"), { properties: { publicBlob: `0x308203${"00".repeat(300)}` } }),
    { ...get(of("/serverTrustCertificates/c")), method: "DELETE" },
    put(of("/databases/made"), { location: "westeurope", properties: { collation: "Latin1_General_CI_AS" } }),
    { ...get(of("/databases/made")), method: "DELETE" },
    put(of("/start"), {}, "POST"),
    { ...get(`/${tenantId}/v2.0/.well-known/openid-configuration`), method: "GET" },
    get("/common/discovery/instance?api-version=1.1"),
    get("/adfs/.well-known/openid-configuration"),
    ...[`/${tenantId}/oauth2/v2.0/token`, "/adfs/oauth2/token"].map((target) => ({
      method: "POST",
      target,
      headers: [["host", host], form] as const,
      body: new URLSearchParams(signIn).toString(),
    })),
  ];
}

/** What steers a lab. Restarting is left out: it ends other connections, which is no hostility. */
export function controlRequests(host: string): readonly HttpRequest[] {
  const headers = [["host", host], json] as const;
  const get = (target: string, method = "GET"): HttpRequest => ({ method, target, headers });
  const post = (target: string, body: unknown): HttpRequest => ({ ...get(target, "POST"), body: JSON.stringify(body) });
  return [
    get("/ready"),
    get("/journal?since=0"),
    get("/clock"),
    get("/faults", "DELETE"),
    get("/instances/nobody/restart", "POST"),
    post("/clock/advance", { milliseconds: 1 }),
    post("/network/cut", { between: ["sqlserver1", "sqlmi1"] }),
    post("/network/mend", { between: ["sqlserver1", "sqlmi1"] }),
    post("/faults", {
      on: "statement",
      matching: "^none$",
      nth: 2,
      times: "always",
      error: { number: 1205, severity: 13, text: "x" },
    }),
    post("/faults", [
      {
        on: "request",
        method: "PUT",
        matching: "/none$",
        answer: { status: 429, code: "x", message: "y", retryAfterSeconds: 1 },
      },
    ]),
  ];
}

const oddities = [
  ..."%00 %2e%2e / // /../ %2F %5c %ff%fe % %zz ; ? # \\ * [ ] {} __proto__ constructor toString hasOwnProperty ..".split(
    " ",
  ),
  "\u00e9",
  "\ud83d\ude00",
  "a".repeat(20_000),
  "/".repeat(3000),
  "%41".repeat(2000),
  "?api-version=constructor",
  "&api-version=__proto__",
];

/** Values that a member may have instead of its own. */
const values = [
  "null",
  "true",
  "-1",
  "1e400",
  "-0",
  "123456789012345678901234567890",
  "0.1e-400",
  '""',
  '"\\u0000\\ud800"',
  '"__proto__"',
  "[]",
  "[[[]]]",
  "{}",
  '{"__proto__": {"a": 1}, "constructor": {"prototype": {}}}',
  '{"length": 1e9}',
  `"${"x".repeat(30_000)}"`,
  `${"[".repeat(20_000)}${"]".repeat(20_000)}`,
  `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`,
  "NaN",
  "'x'",
  "/* x */ 1",
];

const headerLines = [
  "content-length: 10",
  "content-length: -1",
  "content-length: 99999999999999999999",
  "transfer-encoding: chunked",
  "transfer-encoding: gzip, chunked",
  "expect: 100-continue",
  "expect: nothing",
  "connection: close",
  "connection: upgrade\r\nupgrade: websocket",
  "host: [::1",
  "host: a b",
  "host:",
  "origin: null",
  "authorization: Bearer a.b.c",
  "authorization: Bearer ..",
  "authorization: Basic eDp5",
  "content-encoding: gzip",
  "cookie: \u00e9\u00ff",
  `x: ${"y".repeat(20_000)}`,
  ...[..."\u0000\u0001\r\u007f"].map((character) => `x: a${character}b`),
  " folded",
  "no colon",
  ": no name",
];

const methods = [
  "GET",
  "HEAD",
  "PUT",
  "POST",
  "DELETE",
  "PATCH",
  "OPTIONS",
  "TRACE",
  "CONNECT",
  "get",
  "",
  "X".repeat(200),
  "__proto__",
];

type Change = (request: HttpRequest, random: Random, all: readonly HttpRequest[]) => HttpRequest;

function withBody(request: HttpRequest, change: (body: string) => string): HttpRequest {
  return request.body === undefined ? request : { ...request, body: change(request.body) };
}

/** One of the places where a value of JSON stands. */
function valueReplaced(body: string, random: Random): string {
  const found = [...body.matchAll(/"(?:[^"\\]|\\.)*"(?=\s*[,}\]])|\[[^[\]]*\]|\{[^{}]*\}|-?\d+/g)];
  if (found.length === 0) return oneOf(values, random);
  const { index, 0: old } = oneOf(found, random);
  return body.slice(0, index) + oneOf(values, random) + body.slice(index + old.length);
}

function lastSegmentReplaced(target: string, by: string): string {
  const start = target.lastIndexOf("/") + 1;
  const end = target.indexOf("?", start);
  return target.slice(0, start) + by + (end < 0 ? "" : target.slice(end));
}

const changes: readonly Change[] = [
  (request, random) => withBody(request, (body) => valueReplaced(body, random)),
  (request, random) => withBody(request, (body) => valueReplaced(valueReplaced(body, random), random)),
  (request, random) => withBody(request, (body) => mutateText(body, values, [body], random)),
  (request, random) => withBody(request, (body) => body.replace(/^\{/, `{"properties": ${oneOf(values, random)}, `)),
  (request, random) => ({ ...request, body: oneOf(values, random) }),
  (request, random) => ({ ...request, target: mutateText(request.target, oddities, [request.target], random) }),
  (request, random) => ({ ...request, target: lastSegmentReplaced(request.target, oneOf(oddities, random)) }),
  (request, random) => ({
    ...request,
    target: oneOf(["*", "", "http://other/x", "//", "https://[", "x", "/\u00a0"], random),
  }),
  (request, random) => ({ ...request, method: oneOf(methods, random) }),
  (request, random, all) => ({ ...request, target: oneOf(all, random).target, method: oneOf(all, random).method }),
  (request, random) => ({ ...request, headers: request.headers.filter(() => random(2) === 0) }),
];

/** The bytes of a request, mutated in its parts or as a whole. */
export function mutatedHttp(requests: readonly HttpRequest[], random: Random): Buffer {
  let request = oneOf(requests, random);
  for (let count = random(3); count >= 0; count--) request = oneOf(changes, random)(request, random, requests);
  const kind = random(12);
  const lines = kind === 0 ? [oneOf(headerLines, random)] : [];
  const bytes = kind === 1 ? chunked(request, random) : framed(request, lines);
  if (kind === 2) return mutateBytes(bytes, random);
  if (kind === 3) return bytes.subarray(0, random(bytes.length + 1));
  // Pipelining: several requests at once.
  if (kind === 4)
    return Buffer.concat(Array.from({ length: 2 + random(10) }, () => framed(oneOf(requests, random), [])));
  if (kind === 5 && random(8) === 0)
    return Buffer.concat([
      framed(
        request,
        Array.from({ length: 3000 }, (_, line) => `x${line}: y`),
      ),
    ]);
  return bytes;
}

function head({ method, target, headers }: HttpRequest, more: readonly string[]): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${target} HTTP/1.1`, ...lines, ...more, "", ""].join("\r\n");
}

function framed(request: HttpRequest, more: readonly string[]): Buffer {
  const body = Buffer.from(request.body ?? "");
  const length = request.body === undefined ? [] : [`content-length: ${body.length}`];
  return Buffer.concat([Buffer.from(head(request, [...length, ...more]), "latin1"), body]);
}

function chunked(request: HttpRequest, random: Random): Buffer {
  const body = Buffer.from(request.body ?? "{}");
  const size = 1 + random(body.length + 1);
  const parts = [Buffer.from(head(request, ["transfer-encoding: chunked"]), "latin1")];
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size);
    const length =
      random(8) === 0 ? oneOf(["-1", "ffffffffffffffff", "zz", "", "0", "1;x=y"], random) : part.length.toString(16);
    parts.push(Buffer.from(`${length}\r\n`), part, Buffer.from("\r\n"));
  }
  parts.push(Buffer.from("0\r\n\r\n"));
  return Buffer.concat(parts);
}
