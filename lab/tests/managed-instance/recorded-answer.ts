import assert from "node:assert/strict";

const guid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
/** A time as the service writes it: without zeros at the end of a fraction. */
const time = /"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{0,6}[1-9])?Z"/g;
const lsn = /(Lsn":)"\d{15,25}"/g;
/** An endpoint certificate, which is a new one each time. Trust certificates stay as they were sent. */
const leaf = /"308208DD[0-9A-F]+"|"3082[0-9A-F]{1000,}"(?=}, ?"id":"[^"]*\/endpointCertificates)/g;

/** Makes bodies comparable: only ids, times, log positions and new certificates are taken out, and the order stays. */
export function steady(body: unknown): string {
  const known = new Map<string, number>();
  // An id gets the same number wherever it stands.
  const number = (found: string) => known.get(found) ?? known.set(found, known.size + 1).size;
  return JSON.stringify(body)
    .replace(leaf, '"<certificate>"')
    .replace(guid, (id) => `<id ${number(id)}>`)
    .replace(time, '"<time>"')
    .replace(lsn, '$1"<lsn>"');
}

interface Headed {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Headers of the connection and of the machine that answered, not of the service. */
const ofTheServer = new Set([
  "date",
  "server",
  "vary",
  "transfer-encoding",
  "content-length",
  "connection",
  "keep-alive",
  "content-encoding",
]);

export function headersThatMatter({ headers }: Headed): ReadonlyMap<string, string> {
  const addresses = Object.entries(headers).find(([name]) => name.toLowerCase() === "location")?.[1] ?? "";
  const named = Object.entries(headers).map(([name, value]): [string, string] => [
    name.toLowerCase(),
    name.toLowerCase() === "x-ms-request-id" && addresses.includes(value)
      ? "<operation>"
      : generalised(name.toLowerCase(), value),
  ]);
  return new Map(named.filter(([name]) => !ofTheServer.has(name)));
}

/** Takes the host out of addresses, and the signed values out of their queries. */
function generalised(name: string, value: string): string {
  if (name.startsWith("x-ms-ratelimit-")) return "<number>";
  if (name !== "location" && name !== "azure-asyncoperation") return value.replace(guid, "<guid>");
  const { pathname, searchParams } = new URL(value.replace(/[<>]/g, ""));
  const signature = [...searchParams.keys()].filter((key) => key !== "api-version").join("&");
  return `${pathname.replace(guid, "<guid>")}?api-version=${searchParams.get("api-version")} ${signature}`;
}

/** Compares headers: every recorded one is answered as it was; those that a recorder took out may be there besides. */
export function sameAs(
  answered: ReadonlyMap<string, string>,
  recorded: ReadonlyMap<string, string>,
  what: string,
): void {
  for (const [name, value] of recorded) assert.equal(answered.get(name), value, `${what}: ${name}`);
  const added = [...answered.keys()].filter((name) => !recorded.has(name));
  assert.deepEqual(
    added.filter((name) => !addedLater.test(name)),
    [],
    what,
  );
}

/**
 * Headers that the recorders of the Azure CLI leave out (ids of requests, Retry-After, remaining reads), and those
 * that Azure has sent only since the older recordings.
 */
const addedLater =
  /^(x-cache|x-ms-request-id|x-ms-correlation-request-id|x-ms-routing-request-id|x-ms-operation-identifier|x-ms-ratelimit-remaining-.*)$/;
