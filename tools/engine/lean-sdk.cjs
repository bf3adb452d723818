// Makes @pulumi/pulumi start in a quarter of its time, where --require names this file. The SDK compiles each program anew;
// it loads npm's own package manager, and debugs itself, so that it can put functions into the state, and loads its
// Automation API and what writes traces, for which few programs ask; it also keeps a call stack of every promise. Here all
// that is there when somebody asks for it, and costs nothing before, and a program is compiled once.
"use strict";

const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { basename, dirname, join } = require("node:path");

const load = Module._load;

/** What each of the SDK's files need not load at once. */
const unhurried = {
  "index.js": ["./automation"],
  "codePaths.js": ["@npmcli/arborist", "normalize-package-data"],
};

/** What it takes functions and classes out of at once, and uses only where somebody asks for a trace of the run. */
const forTraces = /^@opentelemetry\/(exporter|instrumentation|resources|sdk)/;

/** A module that is loaded when something of it is used. */
function lazily(get) {
  let loaded;
  const module = () => {
    loaded ??= get();
    return loaded;
  };
  return new Proxy(Object.create(null), {
    get: (_, name) => name === "__esModule" || module()[name],
    has: (_, name) => name in module(),
  });
}

/** A module of functions and classes, which is loaded when one of them is called. */
const lazilyCalled = (get) =>
  new Proxy(Object.create(null), {
    get: (_, name) =>
      new Proxy(() => {}, {
        apply: (_function, _this, args) => get()[name](...args),
        construct: (_class, args) => new (get()[name])(...args),
      }),
  });

/** Which TypeScript compiles programs. */
let compiler;

/** TypeScript, which says its version and reads a tsconfig.json without comments before it is loaded. */
function typescript(get, file) {
  compiler = JSON.parse(readFileSync(join(dirname(dirname(file)), "package.json"), "utf8")).version;
  const known = {
    version: compiler,
    parseConfigFileTextToJson(name, text) {
      try {
        return { config: JSON.parse(text) };
      } catch {
        return get().parseConfigFileTextToJson(name, text);
      }
    },
  };
  return new Proxy(Object.create(null), { get: (_, name) => known[name] ?? get()[name] });
}

/** ts-node, which compiles no program that it has compiled before: only where it is not asked to check types. */
const remembering = (get, folder) => ({
  register(options) {
    if (!options.transpileOnly || folder === undefined) return get().register(options);
    const handlers = Module._extensions;
    let tsNode;
    const compile = (code, file) => {
      tsNode ??= get().register(options);
      handlers[".ts"] = run;
      return tsNode.compile(code, file);
    };
    const run = (module, file) => {
      const source = readFileSync(file, "utf8");
      const settings = options.skipProject ? "" : readFileSync(options.project, "utf8");
      const hash = createHash("sha256").update(JSON.stringify([process.version, compiler, options, settings, source]));
      const made = join(folder, "typescript", `${hash.digest("hex")}.js`);
      module._compile(
        remembered(made, () => compile(source, file)),
        file,
      );
    };
    handlers[".ts"] = run;
  },
});

function remembered(file, make) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    const text = make();
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, text);
    renameSync(`${file}.${process.pid}`, file);
    return text;
  }
}

/** Every script is told of when debugging begins anew: what began late has missed some. */
function debuggedLate(hooks) {
  let session;
  const begin = async () => {
    const begun = await hooks.getSessionAsync();
    for (const method of ["Debugger.disable", "Debugger.enable"])
      await new Promise((resolve, reject) => {
        begun.post(method, (error) => (error ? reject(error) : resolve()));
      });
    return begun;
  };
  return {
    ...hooks,
    getSessionAsync: () => {
      session ??= begin();
      return session;
    },
  };
}

function withoutStack(debuggable) {
  const { debuggablePromise } = debuggable;
  debuggable.debuggablePromise = (...args) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(...args);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
}

const changed = new Set();

Module._load = function (request, parent, ...more) {
  const really = () => load.call(this, request, parent, ...more);
  if (!parent?.filename?.includes("@pulumi")) return really();
  if (unhurried[basename(parent.filename)]?.includes(request)) return lazily(really);
  if (basename(parent.filename) === "tracing.js" && forTraces.test(request)) return lazilyCalled(really);
  if (request === "typescript") return typescript(really, Module._resolveFilename(request, parent));
  if (/\bts-node\b/.test(request)) return remembering(really, process.env.NODE_COMPILE_CACHE);
  if (request === "../../runtime/closure/v8Hooks") return { isInitializedAsync: async () => {} };
  if (request === "source-map-support/register") return {};
  const module = really();
  if (request === "./v8Hooks") return debuggedLate(module);
  if (/\/debuggable$/.test(request) && !changed.has(module)) {
    changed.add(module);
    withoutStack(module);
  }
  return module;
};
