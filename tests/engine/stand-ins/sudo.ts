/** `sudo` of a linux-host: asks the test's process to do it. */
const [port, ...command] = process.argv.slice(2);

void fetch(`http://127.0.0.1:${port}`, { method: "POST", body: command.join(" ") }).then(async (answer) => {
  (answer.ok ? process.stdout : process.stderr).write(`${await answer.text()}\n`);
  process.exitCode = answer.ok ? 0 : 1;
});
