import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { VisibleError } from "../../errors/visible-error";
import { clearStatus, jsonOf, say, status } from "../output";
import { addLookOptions, type LookOptions, lookOnce } from "../status/look-options";
import { summary } from "../status/status-text";
import { readSamples } from "../status/watch-log";
import { reportPage } from "./report-page";

interface Options extends LookOptions {
  readonly out: string;
  readonly log?: string;
}

export function addReport(program: Command): void {
  const command = program
    .command("report")
    .description(
      "Look at links as status does, and write one self-contained page: what is wrong and what to do, topology, certificates on a time line, copies and lag over time. Changes nothing else.",
    );
  addLookOptions(command);
  command
    .requiredOption("--out <file>", "the page, such as report.html; one that is there is overwritten")
    .option("--log <file>", "what mi-link status --watch --log recorded, for the graphs over time")
    .addHelpText(
      "after",
      "\nThe page needs no network and holds no script. It names servers, databases and addresses: show it to those who may know them.\nExit codes: 0 the page is written, whatever it says; 1 it is not.",
    )
    .action(async (options: Options) => {
      const { log, out } = options;
      const history = log === undefined ? undefined : await readSamples(log);
      status("looking at both sides");
      const seen = await lookOnce(options, new AbortController().signal).finally(clearStatus);
      await write(out, await reportPage(seen, history));
      const isJson = program.opts().json === true;
      say(isJson ? jsonOf({ file: out, status: seen }) : `${summary(seen)}\nWritten: ${out}`);
    });
}

async function write(file: string, page: string): Promise<void> {
  try {
    await writeFile(file, page);
  } catch (error) {
    throw new VisibleError({
      doing: `write ${file}`,
      cause: `${(error as NodeJS.ErrnoException).code}: it cannot be written.`,
      remedy: "give another file as --out.",
    });
  }
}
