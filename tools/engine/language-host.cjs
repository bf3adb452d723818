#!/usr/bin/env node
// Runs Pulumi programs written for Node.js where the official language host can't be had: it is installed under the name
// `pulumi-language-nodejs` beside an engine built from source. It answers what an engine asks of a language that needs
// no plugins and has its packages installed already, and leaves the program itself to Pulumi's SDK.
"use strict";

const { spawn } = require("node:child_process");
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
const grpc = load("@grpc/grpc-js");
const language = load("@pulumi/pulumi/proto/language_pb");
const { LanguageRuntimeService } = load("@pulumi/pulumi/proto/language_grpc_pb");
const { PluginInfo } = load("@pulumi/pulumi/proto/plugin_pb");
const { Empty } = load("google-protobuf/google/protobuf/empty_pb");
const { version } = load("@pulumi/pulumi/package.json");

// The SDK exits with this code when it has told the user what is wrong.
const exitedAfterTellingTheUser = 32;
const programs = new Set();

const answer = (make) => (_call, reply) => reply(null, make());

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

function run({ request }, reply) {
  const finish = (error, bail) => {
    const response = new language.RunResponse();
    response.setError(error);
    response.setBail(bail);
    reply(null, response);
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

function cancel(_call, reply) {
  for (const program of programs) program.kill("SIGINT");
  reply(null, new Empty());
}

const pluginInfo = () => {
  const info = new PluginInfo();
  info.setVersion(version);
  return info;
};

// An engine that was killed can't end this process, which would then stay for good.
const engine = process.ppid;
setInterval(() => process.ppid === engine || process.exit(1), 1000).unref();

const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(LanguageRuntimeService, {
  handshake: answer(() => new language.LanguageHandshakeResponse()),
  getPluginInfo: answer(pluginInfo),
  getRequiredPlugins: answer(() => new language.GetRequiredPluginsResponse()),
  getRequiredPackages: answer(() => new language.GetRequiredPackagesResponse()),
  getProgramDependencies: answer(() => new language.GetProgramDependenciesResponse()),
  runtimeOptionsPrompts: answer(() => new language.RuntimeOptionsResponse()),
  about: answer(() => new language.AboutResponse()),
  installDependencies: (call) => call.end(),
  run,
  cancel,
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
