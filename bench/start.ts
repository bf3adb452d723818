import { startLab } from "#lab/index";
import { startLabProcess } from "#tools/lab";
import { median, show, timed } from "./figures";
import { startServerProcess } from "./server-process";

const rounds = 7;

/** The smallest lab, one SQL Server and one managed instance: from the start of its process until its ready file is there. */
export async function measureStart(): Promise<void> {
  // The first lab in this process also loads modules.
  await (await startLab()).close();
  const measured: { readonly bare: number; readonly command: number; readonly inProcess: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const bare = await timed(() => startServerProcess("bare"));
    await bare.result.stop();
    const command = await timed(() => startLabProcess());
    await command.result.stop();
    const inProcess = await timed(() => startLab());
    await inProcess.result.close();
    measured.push({
      bare: bare.milliseconds,
      command: command.milliseconds,
      inProcess: inProcess.milliseconds,
    });
  }
  const middle = (of: (round: (typeof measured)[number]) => number): number => median(measured.map(of));
  const ratio = middle(({ bare, command }) => command / bare).toFixed(1);
  console.log(`Start of the smallest lab, medians of ${rounds}`);
  show(
    "bare TDS socket, from its process's start",
    middle(({ bare }) => bare),
    "ms",
  );
  show(
    "lab, from its process's start",
    middle(({ command }) => command),
    "ms",
    `${ratio} of bare, less than 700 wanted`,
  );
  show(
    "startLab() where one was started before",
    middle(({ inProcess }) => inProcess),
    "ms",
  );
}
