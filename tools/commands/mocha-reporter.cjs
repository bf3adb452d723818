// Mocha's usual report, and the counts in a file after every test, so that a run that breaks off can be told from one
// that ended. It also knows whose turn it is: the lab's own tests, but lab/tests/needs, are no reason for it to know T-SQL.
"use strict";

const { writeFileSync } = require("node:fs");
const { join, sep } = require("node:path");
const { reporters, Runner } = require("mocha");
const { record } = require("./used-functions.cjs");

const { EVENT_RUN_END, EVENT_SUITE_BEGIN, EVENT_TEST_FAIL, EVENT_TEST_PASS } = Runner.constants;

const isOfTheLab = (file) => file.includes(join("lab", "dist", "tests") + sep);
const isNeed = (file) => file.includes(join("lab", "dist", "tests", "needs") + sep);

class ReportWithCounts extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const write = (finished) => {
      const { passes, failures } = this.stats;
      writeFileSync(options.reporterOptions.result, JSON.stringify({ passed: passes, failed: failures, finished }));
    };
    runner.on(EVENT_TEST_PASS, () => write(false));
    runner.on(EVENT_TEST_FAIL, () => write(false));
    runner.on(EVENT_RUN_END, () => write(true));
    runner.on(EVENT_SUITE_BEGIN, ({ file, parent }) => {
      if (file && parent?.root) record(!isOfTheLab(file) || isNeed(file));
    });
  }
}

module.exports = ReportWithCounts;
