#!/usr/bin/env node
// Runs Pulumi programs written for Node.js where the official language host can't be had: it is installed under the name
// `pulumi-language-nodejs` beside an engine built from source. It answers what an engine asks of a language that needs
// no plugins and has its packages installed already, and leaves the program itself to Pulumi's SDK.
"use strict";

const { spawn } = require("node:child_process");
const { createServer } = require("node:http2");
const { basename, delimiter, dirname } = require("node:path");

const engineAddress = process.argv.at(-1);
// The program's SDK is used, so that nothing has to be installed beside this script.
const places = [
  process.cwd(),
  ...(process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => basename(folder) === ".bin")
    .map((folder) => dirname(dirname(folder))),
];
const load = (name) => require(require.resolve(name, { paths: places }));

// The SDK exits with this code when it has told the user what is wrong.
const exitedAfterTellingTheUser = 32;
const programs = new Set();

function programArguments(request) {
  const info = request.getInfo();
  const named = [
    ["monitor", request.getMonitorAddress()],
    ["engine", engineAddress],
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["root-directory", info.getRootDirectory()],
    ["stack", request.getStack()],
    ["pwd", info.getProgramDirectory()],
    ["parallel", String(request.getParallel())],
  ];
  return [
    ...named.filter(([, value]) => value).flatMap(([name, value]) => [`--${name}`, value]),
    ...(request.getDryrun() ? ["--dry-run"] : []),
    info.getEntryPoint(),
    ...request.getArgsList(),
  ];
}

function programEnvironment(request, options) {
  return {
    ...process.env,
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    ...(options.typescript === false ? {} : { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    ...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
  };
}

function run(message, reply) {
  const { RunRequest, RunResponse } = load("@pulumi/pulumi/proto/language_pb");
  const request = RunRequest.deserializeBinary(message);
  const finish = (error, bail) => {
    const response = new RunResponse();
    response.setError(error);
    response.setBail(bail);
    reply(response.serializeBinary());
  };
  const info = request.getInfo();
  const options = info.getOptions()?.toJavaScript() ?? {};
  let runner;
  try {
    runner = require.resolve("@pulumi/pulumi/cmd/run", { paths: [info.getProgramDirectory(), ...places] });
  } catch {
    finish(`@pulumi/pulumi is not installed in ${info.getProgramDirectory()}: run npm install there.`, false);
    return;
  }
  const nodeArguments = (options.nodeargs ?? "").split(/\s+/).filter(Boolean);
  const program = spawn(process.execPath, [...nodeArguments, runner, ...programArguments(request)], {
    env: programEnvironment(request, options),
    stdio: ["ignore", "inherit", "inherit"],
  });
  programs.add(program);
  program.on("error", (error) => finish(`The program could not be started: ${error.message}`, false));
  program.on("close", (code, signal) => {
    programs.delete(program);
    if (code === exitedAfterTellingTheUser) finish("", true);
    else finish(code === 0 ? "" : `Program exited with non-zero exit code: ${code ?? signal}`, false);
  });
}

function cancel(_message, reply) {
  for (const program of programs) program.kill("SIGINT");
  reply();
}

function getPluginInfo(_message, reply) {
  const version = Buffer.from(load("@pulumi/pulumi/package.json").version);
  const firstText = 0x0a;
  reply(Buffer.concat([Buffer.of(firstText, version.length), version]));
}

const nothing = (_message, reply) => reply();

/** What an engine asks. Most of it has an answer in which nothing is set; `InstallDependencies` has no messages to show. */
const methods = {
  Handshake: nothing,
  GetPluginInfo: getPluginInfo,
  GetRequiredPlugins: nothing,
  GetRequiredPackages: nothing,
  GetProgramDependencies: nothing,
  RuntimeOptionsPrompts: nothing,
  About: nothing,
  InstallDependencies: nothing,
  Run: run,
  Cancel: cancel,
};

// An engine that was killed can't end this process, which would then stay for good.
const engine = process.ppid;
setInterval(() => process.ppid === engine || process.exit(1), 1000).unref();

// gRPC is HTTP/2 with five bytes before each message. The package for it takes longer to load than all that is done here,
// and an engine starts this script twice in each run.
const grpcStatus = { ok: "0", unimplemented: "12" };
const server = createServer();
server.on("stream", (stream, headers) => {
  const name = headers[":path"].replace("/pulumirpc.LanguageRuntime/", "");
  const reply = (message = Buffer.of(), status = grpcStatus.ok) => {
    if (stream.destroyed) return; // the engine is gone, or asks no more
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": status }));
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    stream.end(Buffer.concat([head, message]));
  };
  const parts = [];
  stream.on("data", (part) => parts.push(part));
  stream.on("end", () => {
    if (methods[name]) methods[name](Buffer.concat(parts).subarray(5), reply);
    else reply(undefined, grpcStatus.unimplemented);
  });
  stream.on("error", () => {});
});

server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
