// Mocha's usual report, and the counts in a file after every test, so that a run that breaks off can be told from one
// that ended.
"use strict";

const { writeFileSync } = require("node:fs");
const { reporters, Runner } = require("mocha");

const { EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PASS } = Runner.constants;

class ReportWithCounts extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const record = (finished) => {
      const { passes, failures } = this.stats;
      writeFileSync(options.reporterOptions.result, JSON.stringify({ passed: passes, failed: failures, finished }));
    };
    runner.on(EVENT_TEST_PASS, () => record(false));
    runner.on(EVENT_TEST_FAIL, () => record(false));
    runner.on(EVENT_RUN_END, () => record(true));
  }
}

module.exports = ReportWithCounts;
