import { readFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { createSecureContext } from "node:tls";
import type { Ready } from "mi-link-lab";
import { ConnectionPool } from "mssql";

/** A SQL client and an Azure client as somebody at a console has them: neither uses the provider's code. */
export interface SqlClient {
  query<Row = Record<string, unknown>>(text: string): Promise<Row[]>;
  /** The rows of each of several queries, in one batch. */
  queryEach(texts: readonly string[]): Promise<Record<string, unknown>[][]>;
  close(): Promise<void>;
}

export interface SqlAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

export async function openSqlClient(address: SqlAddress, caFile: string): Promise<SqlClient> {
  const pool = new ConnectionPool({
    server: address.host,
    port: address.port,
    user: address.user,
    password: address.password,
    options: { encrypt: true, appName: "console", cryptoCredentialsDetails: { ca: await readFile(caFile, "utf8") } },
  });
  await pool.connect();
  return {
    query: async (text) => (await pool.request().batch(text)).recordset ?? [],
    queryEach: async (texts) => Object.values((await pool.request().batch(texts.join(";\n"))).recordsets),
    close: () => pool.close(),
  };
}

export interface ArmClient {
  /** `path` below the ARM endpoint, without api-version. Throws on any status of 400 and over but 404, which is undefined. */
  get<Body = Record<string, unknown>>(path: string): Promise<Body | undefined>;
  /** The rows of a collection. */
  list(path: string): Promise<readonly ArmResource[]>;
  put(path: string, body: unknown): Promise<void>;
  /** Returns when the operation has ended, well or not. */
  delete(path: string): Promise<void>;
  /** Any other method, as PATCH, or POST of an action. Returns when the operation has ended, well or not. */
  send(method: string, path: string, body?: unknown): Promise<void>;
}
export interface ArmResource {
  readonly id: string;
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const apiVersion = "2023-08-01";

export async function openArmClient(arm: Ready["arm"], caFile: string): Promise<ArmClient> {
  // The authority is read once, and not with every request.
  const agent = new Agent({
    keepAlive: true,
    secureContext: createSecureContext({ ca: await readFile(caFile, "utf8") }),
  });

  const send = (method: string, url: string, headers: Record<string, string>, body?: string): Promise<Answer> =>
    new Promise<Answer>((resolve, reject) => {
      const outgoing = request(
        url,
        {
          method,
          headers: { ...headers, ...(body ? { "content-length": String(Buffer.byteLength(body)) } : {}) },
          agent,
        },
        (incoming) => {
          let text = "";
          incoming.on("data", (chunk) => {
            text += chunk;
          });
          incoming.on("end", () =>
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }),
          );
        },
      );
      outgoing.on("error", (error: NodeJS.ErrnoException) => {
        // The server closed an idle connection at the moment in which it was used again: it has read nothing.
        if (outgoing.reusedSocket && error.code === "ECONNRESET") resolve(send(method, url, headers, body));
        else reject(error);
      });
      outgoing.end(body);
    });

  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: arm.clientId,
    client_secret: arm.clientSecret,
    scope: "https://management.azure.com/.default",
  });
  const token = await send(
    "POST",
    `${arm.authority}/${arm.tenantId}/oauth2/v2.0/token`,
    { "content-type": "application/x-www-form-urlencoded" },
    form.toString(),
  );
  const authorization = `Bearer ${JSON.parse(token.body).access_token}`;

  const call = async (method: string, url: string, body?: unknown): Promise<Answer> => {
    const answer = await send(
      method,
      url,
      { authorization, "content-type": "application/json" },
      body === undefined ? undefined : JSON.stringify(body),
    );
    if (answer.status >= 400 && answer.status !== 404)
      throw new Error(`${method} ${url}: ${answer.status} ${answer.body}`);
    return answer;
  };
  const at = (path: string) => `${arm.endpoint}${path}?api-version=${apiVersion}`;

  const finished = async (answer: Answer): Promise<void> => {
    const operation = answer.headers["azure-asyncoperation"];
    if (answer.status !== 202 || typeof operation !== "string") return;
    for (;;) {
      const { status } = JSON.parse((await call("GET", operation)).body);
      if (status !== "InProgress") return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  return {
    async get(path) {
      const answer = await call("GET", at(path));
      return answer.status === 404 ? undefined : JSON.parse(answer.body);
    },
    async list(path) {
      const answer = await call("GET", at(path));
      return answer.status === 404 ? [] : JSON.parse(answer.body).value;
    },
    put: async (path, body) => finished(await call("PUT", at(path), body)),
    delete: async (path) => finished(await call("DELETE", at(path))),
    send: async (method, path, body) => finished(await call(method, at(path), body)),
  };
}
