// Makes @pulumi/pulumi start in a third of its time, where --require names this file. The SDK loads TypeScript and npm's
// own package manager, and debugs itself, so that it can put functions into the state, which few programs ask for; it
// also keeps a call stack of every promise. Here all that is there when somebody asks for it, and costs nothing before.
"use strict";

const Module = require("node:module");
const { basename } = require("node:path");

const load = Module._load;

/** What each of the SDK's files need not load at once. */
const unhurried = {
  "typescript-shim.js": ["typescript"],
  "codePaths.js": ["@npmcli/arborist", "normalize-package-data"],
};

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
