// Mocha's usual report, and the counts in a file after every test, so that a run that breaks off can be told from one
// that ended. With the end comes the text of the failures, which is shown once more after those of other processes. It
// also knows whose turn it is: the lab's own tests, but lab/tests/needs, are no reason for the lab to know T-SQL.
"use strict";

const { readFileSync, writeFileSync } = require("node:fs");
const { join, sep } = require("node:path");
const { format } = require("node:util");
const { reporters, Runner } = require("mocha");
const { record } = require("./used-functions.cjs");

const { EVENT_RUN_END, EVENT_SUITE_BEGIN, EVENT_TEST_FAIL, EVENT_TEST_PASS } = Runner.constants;

const isOfTheLab = (file) => file.includes(join("lab", "dist", "tests") + sep);
const isNeed = (file) => file.includes(join("lab", "dist", "tests", "needs") + sep);

class ReportWithCounts extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const write = (more) => {
      const { passes: passed, failures: failed } = this.stats;
      writeFileSync(options.reporterOptions.report, JSON.stringify({ passed, failed, finished: false, ...more }));
    };
    runner.on(EVENT_TEST_PASS, () => write());
    runner.on(EVENT_TEST_FAIL, () => write());
    runner.on(EVENT_RUN_END, () => {
      write({ finished: true, failures: listed(this.failures) });
      if (process.platform === "linux") process.stdout.write(`  ${cpuSeconds()} s of CPU, with what it started\n\n`);
    });
    runner.on(EVENT_SUITE_BEGIN, ({ file, parent }) => {
      if (file && parent?.root) record(!isOfTheLab(file) || isNeed(file));
    });
  }
}

/** Of this process and of those that it has waited for, which Node does not tell: see proc(5). */
function cpuSeconds() {
  const [, fields] = readFileSync("/proc/self/stat", "utf8").split(/\)(?= )/);
  const ticks = fields.trim().split(" ").slice(11, 15).map(Number);
  return Math.round(ticks.reduce((sum, each) => sum + each, 0) / 100);
}

/** What mocha prints of failed tests. */
function listed(failures) {
  const { consoleLog } = reporters.Base;
  let text = "";
  reporters.Base.consoleLog = (...line) => {
    text += `${format(...line)}\n`;
  };
  if (failures.length > 0) reporters.Base.list(failures);
  reporters.Base.consoleLog = consoleLog;
  return text;
}

module.exports = ReportWithCounts;
