// Mocha's usual report, and the counts in a file after every test, so that a run that breaks off can be told from one
// that ended. With the end comes the text of the failures, which is shown once more after those of other processes.
"use strict";

const { writeFileSync } = require("node:fs");
const { format } = require("node:util");
const { reporters, Runner } = require("mocha");

const { EVENT_RUN_END, EVENT_TEST_FAIL, EVENT_TEST_PASS } = Runner.constants;

class ReportWithCounts extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const record = (more) => {
      const { passes: passed, failures: failed } = this.stats;
      writeFileSync(options.reporterOptions.report, JSON.stringify({ passed, failed, finished: false, ...more }));
    };
    runner.on(EVENT_TEST_PASS, () => record());
    runner.on(EVENT_TEST_FAIL, () => record());
    runner.on(EVENT_RUN_END, () => record({ finished: true, failures: listed(this.failures) }));
  }
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
