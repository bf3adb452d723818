// Makes @pulumi/pulumi start in a third of its time, where --require names this file. The SDK loads TypeScript and npm's
// own package manager, and debugs itself, so that it can put functions into the state, and loads its Automation API and what
// writes traces, for which few programs ask; it also keeps a call stack of every promise. Here all that is there when somebody asks for it, and costs nothing before.
"use strict";

const Module = require("node:module");
const { basename } = require("node:path");

const load = Module._load;

/** What each of the SDK's files need not load at once. */
const unhurried = {
  "index.js": ["./automation"],
  "typescript-shim.js": ["typescript"],
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
