import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Bag } from "#provider/lifecycle/contract";
import { compileCache } from "#tools/setup/cache";
import { repositoryRoot } from "./repository";

/** Plays the engine to the real dynamic provider server of @pulumi/pulumi, over gRPC. */
export interface DynamicProviderServer {
  configure(config: Record<string, string>): Promise<void>;
  check(olds: Bag, news: Bag): Promise<{ inputs: Bag; failures: { property: string; reason: string }[] }>;
  diff(
    id: string,
    olds: Bag,
    news: Bag,
  ): Promise<{ changes: number; replaces: string[]; deleteBeforeReplace: boolean }>;
  create(inputs: Bag): Promise<{ id: string; outs: Bag }>;
  read(id: string, props: Bag): Promise<{ id: string; props: Bag | undefined; inputs: Bag | undefined }>;
  update(id: string, olds: Bag, news: Bag): Promise<Bag>;
  delete(id: string, props: Bag): Promise<void>;
  /** What the engine calls on the first Ctrl-C. */
  cancel(): Promise<void>;
  stderr(): string;
  /** What it told the engine, as `<urn>: <message>`: warnings that stay, and status lines. */
  readonly warnings: readonly string[];
  readonly statuses: readonly string[];
  /** The engine's end, as after SIGKILL: its connections are closed, and nobody listens any more. */
  engineDies(): void;
  /** The engine lives, and its connections break. */
  engineHangsUp(): void;
  /** Sends the signal, or none, and waits for the end: exit code, and the signal that killed it. */
  stop(signal?: NodeJS.Signals | "none"): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** What a failed call carries when the engine is told that the resource exists all the same. */
export interface InitFailure {
  readonly id: string;
  readonly properties: Bag;
  readonly reasons: string[];
}

/** What the calls answer with, as far as it is read here. */
interface Answer {
  getInputs(): StructMessage | undefined;
  getProperties(): StructMessage | undefined;
  getFailuresList(): { getProperty(): string; getReason(): string }[];
  getId(): string;
  toObject(): { changes: number; replacesList: string[]; deletebeforereplace: boolean };
}
interface StructMessage {
  toJavaScript(): Bag;
}

const leanSdk = join(repositoryRoot, "tools", "engine", "lean-sdk.cjs");

// The SDK's own copies of gRPC and protobuf.
const fromSdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));
const grpc = fromSdk("@grpc/grpc-js");
const { Struct } = fromSdk("google-protobuf/google/protobuf/struct_pb");
const { Empty } = fromSdk("google-protobuf/google/protobuf/empty_pb");
const { EngineService } = fromSdk("@pulumi/pulumi/proto/engine_grpc_pb");
const { LogSeverity } = fromSdk("@pulumi/pulumi/proto/engine_pb");
const messages = fromSdk("@pulumi/pulumi/proto/provider_pb");
const services = fromSdk("@pulumi/pulumi/proto/provider_grpc_pb");
const statuses = fromSdk("@pulumi/pulumi/proto/status_pb");

export async function startDynamicProviderServer(
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<DynamicProviderServer> {
  const engine = await startEngine();
  const program = ["--require", leanSdk, fromSdk.resolve("@pulumi/pulumi/cmd/dynamic-provider")];
  const child = spawn(process.execPath, [...program, engine.address], {
    cwd: options.cwd ?? repositoryRoot,
    env: { ...process.env, ...compileCache(), PULUMI_NODEJS_PROJECT: "tests", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.once("exit", engine.stop);
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const port = await firstLine(child, () => stderr);
  const client = new services.ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const call = (method: string, request: unknown) =>
    new Promise<Answer>((resolve, reject) =>
      client[method](request, (error: Error | null, response: Answer) => (error ? reject(error) : resolve(response))),
    );
  const struct = (bag: Bag) => Struct.fromJavaScript(JSON.parse(JSON.stringify(bag)));
  const request = (type: string, fields: Record<string, unknown>) => {
    const message = new messages[type]();
    for (const [field, value] of Object.entries(fields)) message[`set${field}`](value);
    return message;
  };

  return {
    async configure(config) {
      await call("configure", request("ConfigureRequest", { Args: struct(config) }));
    },
    async check(olds, news) {
      const answer = await call("check", request("CheckRequest", { Olds: struct(olds), News: struct(news) }));
      const failures = answer.getFailuresList().map((f) => ({ property: f.getProperty(), reason: f.getReason() }));
      return { inputs: answer.getInputs()?.toJavaScript() ?? {}, failures };
    },
    async diff(id, olds, news) {
      const { changes, replacesList, deletebeforereplace } = (
        await call("diff", request("DiffRequest", { Id: id, Olds: struct(olds), News: struct(news) }))
      ).toObject();
      return { changes, replaces: replacesList, deleteBeforeReplace: deletebeforereplace };
    },
    async create(inputs) {
      const answer = await call("create", request("CreateRequest", { Properties: struct(inputs) }));
      return { id: answer.getId(), outs: answer.getProperties()?.toJavaScript() ?? {} };
    },
    async read(id, props) {
      const answer = await call("read", request("ReadRequest", { Id: id, Properties: struct(props) }));
      return {
        id: answer.getId(),
        props: answer.getProperties()?.toJavaScript(),
        inputs: answer.getInputs()?.toJavaScript(),
      };
    },
    async update(id, olds, news) {
      return (
        (await call("update", request("UpdateRequest", { Id: id, Olds: struct(olds), News: struct(news) })))
          .getProperties()
          ?.toJavaScript() ?? {}
      );
    },
    async delete(id, props) {
      await call("delete", request("DeleteRequest", { Id: id, Properties: struct(props) }));
    },
    async cancel() {
      await call("cancel", new Empty());
    },
    stderr: () => stderr,
    warnings: engine.warnings,
    statuses: engine.statuses,
    engineDies() {
      client.close();
      engine.stop();
    },
    engineHangsUp: engine.hangUp,
    stop(signal = "SIGINT") {
      return new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null)
          return resolve({ code: child.exitCode, signal: child.signalCode });
        child.once("exit", (code, killedBy) => resolve({ code, signal: killedBy }));
        if (signal !== "none") child.kill(signal);
        setTimeout(() => child.kill("SIGKILL"), 6000).unref();
      });
    },
  };
}

/** Starts the part of the engine that the provider talks to. */
async function startEngine() {
  const warnings: string[] = [];
  const statuses: string[] = [];
  const server = new grpc.Server();
  server.addService(EngineService, {
    log({ request }: { request: LogRequest }, answer: (error: null, empty: unknown) => void) {
      const isWarning = request.getSeverity() === LogSeverity.WARNING && !request.getEphemeral();
      (isWarning ? warnings : statuses).push(`${request.getUrn()}: ${request.getMessage()}`);
      answer(null, new Empty());
    },
  });
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error: Error | null, bound: number) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const address = `127.0.0.1:${port}`;
  return {
    address,
    warnings,
    statuses,
    stop: () => server.forceShutdown(),
    hangUp: () => server.drain(address, 0),
  };
}

interface LogRequest {
  getSeverity(): number;
  getEphemeral(): boolean;
  getUrn(): string;
  getMessage(): string;
}

export function initFailureOf(error: unknown): InitFailure | undefined {
  const [details] =
    (error as { metadata?: { get(key: string): Uint8Array[] } }).metadata?.get("grpc-status-details-bin") ?? [];
  if (!details) return undefined;
  const [any] = statuses.Status.deserializeBinary(details).getDetailsList();
  const failure = messages.ErrorResourceInitFailed.deserializeBinary(any.getValue_asU8());
  return {
    id: failure.getId(),
    properties: failure.getProperties()?.toJavaScript() ?? {},
    reasons: failure.getReasonsList(),
  };
}

function firstLine(child: ChildProcess, stderr: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let stdout = "";
    child.stdout?.on("data", (text) => {
      stdout += text;
      const [, line] = /^(\d+)\n/.exec(stdout) ?? [];
      if (line) resolve(line);
    });
    child.once("exit", (code) => reject(new Error(`the dynamic provider server ended with ${code}: ${stderr()}`)));
  });
}
