/** Writes `docs/reference/` and `docs/errors.md` from the code's own comments; with --check says what is not written, or not as the code has it. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commandLine, repositoryRoot, wholeCatalogue } from "./compiled-provider";
import { declarationsIn } from "./doc-comments";
import { errorsPage } from "./errors-page";
import { publicInterface, type Sources } from "./public-interface";
import { type Pages, referencePages } from "./reference-pages";
import { undocumented, undocumentedCommands, undocumentedSettings } from "./undocumented";

const sources: Sources = (file) => readFileSync(join(repositoryRoot, "provider", file), "utf8");

/** The pages, and what has no documentation. */
export function reference(read: Sources = sources): { readonly pages: Pages; readonly missing: readonly string[] } {
  const found = publicInterface(read);
  const settingsFile = "arguments/settings.ts";
  const settings = declarationsIn(settingsFile, read(settingsFile)).filter(({ members }) => members.length > 0);
  const program = commandLine();
  return {
    pages: referencePages(found, settings, program),
    missing: [
      ...undocumented(found),
      ...undocumentedCommands(program),
      ...undocumentedSettings(settings, allCode(read)),
    ],
  };
}

const allCode = (read: Sources): string =>
  readdirSync(join(repositoryRoot, "provider"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/(?:^|[/\\])(?:dist|node_modules)[/\\]/.test(file))
    .map((file) => read(file.replaceAll("\\", "/")))
    .join("\n");

/** Pages in the folder that differ from those that the code makes, are missing, or that it does not make. */
export function outdated(folder: string, pages: Pages): string[] {
  const there = new Set(readdirSync(folder));
  return [
    ...Object.entries(pages)
      .filter(
        ([name, text]) =>
          !there.has(name) || readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n") !== text,
      )
      .map(([name]) => name),
    ...[...there].filter((name) => !Object.hasOwn(pages, name)),
  ];
}

if (require.main === module) {
  const folder = join(repositoryRoot, "docs", "reference");
  const errors = join(repositoryRoot, "docs", "errors.md");
  const { pages, missing } = reference();
  const problems = [...missing];
  if (process.argv.includes("--check"))
    problems.push(
      ...outdated(folder, pages).map((name) => `docs/reference/${name} is not what the code says: npm run docs`),
    );
  else {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(pages)) writeFileSync(join(folder, name), text);
    writeFileSync(errors, errorsPage(wholeCatalogue));
  }
  process.stdout.write(
    problems.map((problem) => `${problem}\n`).join("") ||
      `reference: ${Object.keys(pages).length} pages, all that is public has its documentation\n`,
  );
  if (problems.length > 0) process.exitCode = 1;
}
