// Writes down which functions of the lab's T-SQL ran in this process, where MI_LINK_USED_FUNCTIONS names a folder for it:
// `node tools/run.mjs unused FOLDER` reads it. V8 is asked through the inspector, and not by NODE_V8_COVERAGE, which
// counts each block and writes tens of megabytes for each program that a test starts.
"use strict";

const { mkdirSync, writeFileSync } = require("node:fs");
const { Session } = require("node:inspector");
const { join, relative, resolve } = require("node:path");
const { fileURLToPath, pathToFileURL } = require("node:url");

const folder = process.env.MI_LINK_USED_FUNCTIONS;
const compiled = resolve(__dirname, "..", "..", "lab", "dist", "src", "tsql");

/**
 * For each file its functions, by where they begin: a name, and whether it ran.
 * @type {Record<string, Record<string, [name: string, ran: boolean]>>}
 */
const functions = {};
const session = new Session();
let records = false;

/** Begins, or goes on, when what runs next counts; stops before what does not. */
function record(counts) {
  if (!folder || counts === records) return;
  if (counts) {
    session.post("Profiler.startPreciseCoverage", { callCount: false, detailed: false });
  } else {
    take();
    session.post("Profiler.stopPreciseCoverage");
  }
  records = counts;
}

function take() {
  session.post("Profiler.takePreciseCoverage", (error, answer) => {
    if (error) throw new Error(error.message);
    for (const { url, functions: found } of answer.result) {
      if (!url.startsWith(pathToFileURL(compiled).href)) continue;
      functions[relative(compiled, fileURLToPath(url))] ??= {};
      const known = functions[relative(compiled, fileURLToPath(url))];
      for (const { functionName, ranges } of found) {
        const [{ startOffset, count }] = ranges;
        known[startOffset] = [functionName, count > 0 || known[startOffset]?.[1] === true];
      }
    }
  });
}

if (folder) {
  session.connect();
  session.post("Profiler.enable");
  record(true);
  process.on("exit", () => {
    record(false);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${process.pid}-${Date.now()}.json`), JSON.stringify(functions));
  });
}

module.exports = { record };
