import { anchorOf, commandsOf, type Program } from "./compiled-provider";
import type { Declaration, Member } from "./doc-comments";
import {
  type Argument,
  type Effect,
  type PublicClass,
  type PublicInterface,
  type PublicType,
  spelledOut,
} from "./public-interface";
import { namesIn } from "./undocumented";

/** A page by the name of its file below `docs/reference/`. */
export type Pages = Readonly<Record<string, string>>;

const notice = (sources: string): string =>
  `<!-- Made by \`npm run docs\` from ${sources}: what is wrong here is mended there. -->`;

const fileOf = (name: string): string => `${name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase()}.md`;

export function referencePages(
  { classes, types }: PublicInterface,
  settings: readonly Declaration[],
  program: Program,
): Pages {
  const link = linker(classes, types);
  return {
    "README.md": indexPage(classes),
    ...Object.fromEntries(classes.map((each) => [fileOf(each.name), classPage(each, link)])),
    "types.md": typesPage(types, link),
    "settings.md": settingsPage(settings),
    "mi-link.md": commandsPage(program),
  };
}

type Linker = (name: string) => string;

/** What a name leads to, where it has a page or a heading. */
function linker(classes: readonly PublicClass[], types: readonly PublicType[]): Linker {
  return (name) => {
    if (classes.some((each) => each.name === name)) return `[\`${name}\`](${fileOf(name)})`;
    if (types.some((each) => each.name === name)) return `[\`${name}\`](types.md#${name.toLowerCase()})`;
    return `\`${name}\``;
  };
}

function indexPage(classes: readonly PublicClass[]): string {
  const list = (isComponent: boolean) =>
    classes
      .filter((each) => each.isComponent === isComponent)
      .map((each) => `- [\`${each.name}\`](${fileOf(each.name)}): ${firstSentence(each.comment.text)}`);
  return page([
    notice("the comments in `provider/`"),
    "# Reference",
    "What programs can import from `pulumi-mi-link`, and what can be configured beside it. How the options of Pulumi work on all of it is on [options.md](../options.md).",
    "In the examples `sqlServer`, `managedInstanceId`, `databaseName` and what else is not declared stand for what a program has already.",
    "## Components",
    list(true).join("\n"),
    "## Resources",
    "What the components are made of; each can be declared by itself.",
    list(false).join("\n"),
    "## More",
    [
      "- [Types](types.md): the settings of a SQL Server, and what stacks share.",
      "- [Settings](settings.md): keys of `pulumi config`, and variables of the environment.",
      "- [`mi-link`](mi-link.md): the command line.",
      "- [Errors](../errors.md): what a link can meet, each with its cause and what to do.",
    ].join("\n"),
  ]);
}

function classPage(each: PublicClass, link: Linker): string {
  const { name, file, comment, isComponent, argumentGroups, outputs, get } = each;
  const given = new Set(argumentGroups.flatMap(({ members }) => members.map((member) => member.name)));
  const type = isComponent ? `mi-link:index:${name}` : `pulumi-nodejs:dynamic/mi-link:${name}`;
  return page([
    notice(`\`provider/${file}\``),
    `# ${name}`,
    comment.text,
    `Type in states and policies: \`${type}\`. Source of what is said here: ${comment.source}`,
    "## Example",
    `\`\`\`ts\nimport { ${importsOf(each).join(", ")} } from "pulumi-mi-link";\n\n${comment.example}\n\`\`\``,
    ...argumentGroups.flatMap((group, index) => [
      argumentGroups.length === 1 ? "## Arguments" : `## Arguments: ${group.name}`,
      ...(group.comment && argumentGroups.length > 1 ? [group.comment.text] : []),
      ...group.members.flatMap((argument) =>
        index > 0 &&
        argumentGroups[0]?.members.some(
          ({ name, comment }) => name === argument.name && comment?.text === argument.comment?.text,
        )
          ? [`### ${argument.name}`, `As of ${argumentGroups[0].name}.`]
          : argumentText(argument, isComponent, link),
      ),
    ]),
    "## Outputs",
    outputs.map((output) => outputText(output, given, link)).join("\n"),
    "## Errors",
    isComponent
      ? "Those of the resources that it makes, in sentences that name the component's own arguments."
      : comment.errors.map(errorText).join("\n"),
    ...(get ? [`## Looking up: ${name}.get`, getCall(each, get.argumentNames), get.comment?.text ?? ""] : []),
  ]);
}

/** How an object is looked up: what may be left out of the arguments has a question mark. */
function getCall({ name, argumentGroups }: PublicClass, argumentNames: readonly string[]): string {
  const isOptional = (argument: string) =>
    argumentGroups.some(({ members }) => members.some((member) => member.name === argument && member.isOptional));
  const args = argumentNames.map((argument) => `${argument}${isOptional(argument) ? "?" : ""}`);
  return `\`${name}.get(name, id, { ${args.join(", ")} }, options?)\``;
}

/** What an example uses of the package. */
const importsOf = ({ name, comment }: PublicClass): string[] =>
  [
    ...new Set(
      [...(comment.example ?? "").matchAll(/\bnew (\w+)\(|\b(\w+)\.get\(/g)].map(
        ([, made, read]) => made ?? read ?? name,
      ),
    ),
  ].filter((used) => used !== "StackReference" && used !== "Config");

function argumentText(argument: Argument, isComponent: boolean, link: Linker): string[] {
  const { name, comment, isOptional, type, effects } = argument;
  const facts = [
    typeText(type, link),
    ...(isOptional ? [`default: ${comment?.default?.replaceAll(/\s+/g, " ")}`] : ["required"]),
    ...(effects.some(({ isSecret, argument }) => isSecret && argument !== "sqlServer") ? ["kept secret"] : []),
    ...(isComponent ? [] : effects.map(effectText)),
  ];
  return [
    `### ${name}`,
    facts.join(" · "),
    comment?.text ?? "",
    ...(isComponent && effects.length > 0 ? [throughParts(effects, link)].filter(Boolean) : []),
  ];
}

const effectText = ({ resource, does }: Effect): string =>
  ({
    replace: `a change replaces the ${resource}`,
    update: "changed in place",
    nothing: "a change does nothing",
    onlyWhenMade: "counts only when the resource is made",
  })[does];

/** What a change of a component's argument does, part by part. */
function throughParts(effects: readonly Effect[], link: Linker): string {
  const words = {
    replace: "A change replaces",
    update: "Changed in place:",
    nothing: "A change does nothing to",
    onlyWhenMade: "Counts only when it is made:",
  };
  const [first] = effects;
  if (effects.length > 1 && effects.every(({ does, argument }) => does === first?.does && argument === first.argument))
    return {
      replace: "A change replaces all parts that have it.",
      update: "Changed in place in all parts that have it.",
      nothing: "A change does nothing.",
      onlyWhenMade: "",
    }[first?.does ?? "nothing"];
  const sentences = Object.entries(words).flatMap(([does, begin]) => {
    const those = effects.filter((effect) => effect.does === does);
    const named = [...Map.groupBy(those, ({ resource }) => resource)].map(
      ([resource, some]) => `${link(resource)} (${some.map(({ argument }) => `\`${argument}\``).join(", ")})`,
    );
    return named.length === 0 ? [] : [`${begin} ${named.join(", ")}.`];
  });
  return sentences.join(" ");
}

function outputText({ name, type, comment }: Member, given: ReadonlySet<string>, link: Linker): string {
  const text = comment?.text ?? (given.has(name) ? "The argument, as it was found when last looked at." : "");
  return `- **\`${name}\`** ${typeText(type, link)}: ${indented(text)}`;
}

function errorText({ code, text }: PublicClass["comment"]["errors"][number]): string {
  return `- **[${code}](../errors.md#${anchorOf(code)})** ${text}`;
}

function typesPage(types: readonly PublicType[], link: Linker): string {
  return page([
    notice("the comments of the types that `provider/index.ts` exports"),
    "# Types",
    ...types.flatMap(({ name, comment, members, type }) => [
      `## ${name}`,
      comment.text,
      ...(type === undefined ? [] : [`\`${type}\``]),
      ...members.map((member) => {
        const given = member.isOptional ? ` · default: ${member.comment?.default?.replaceAll(/\s+/g, " ")}` : "";
        return `- **\`${member.name}\`** ${typeText(member.type, link)}${given}\n\n  ${indented(member.comment?.text ?? "")}`;
      }),
      ...(comment.errors.length > 0 ? [`### Errors of ${name}`, comment.errors.map(errorText).join("\n")] : []),
    ]),
  ]);
}

function settingsPage(settings: readonly Declaration[]): string {
  return page([
    notice("`provider/arguments/settings.ts`"),
    "# Settings",
    ...settings.flatMap(({ comment, members }, index) => [
      ...(index === 0 ? [] : ["## Variables alone"]),
      comment?.text ?? "",
      ...members.map(({ name, type, comment: said }) => {
        const variables = namesIn(type).map((variable) => `\`${variable}\``);
        const facts = [
          ...(variables.length > 0 ? [`or ${variables.join(", ")}`] : []),
          `default: ${said?.default?.replaceAll(/\s+/g, " ")}`,
        ];
        return `- **\`${name}\`** ${facts.join(" · ")}\n\n  ${indented(said?.text ?? "")}`;
      }),
    ]),
  ]);
}

/** From commander's own help, as a terminal of 100 columns shows it. */
function commandsPage(program: Program): string {
  return page([
    notice("the help of the commands in `provider/cli/`"),
    "# mi-link",
    "The operator's command line comes with the package: `npx mi-link`.",
    ...[program, ...commandsOf(program)].flatMap((command) => [
      ...(command === program ? [] : [`## ${command.name()}`]),
      `\`\`\`text\n${helpOf(command).trimEnd()}\n\`\`\``,
    ]),
  ]);
}

function helpOf(command: Program): string {
  const written: string[] = [];
  command.configureOutput({
    writeOut: (text) => void written.push(text),
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return written.join("");
}

const typeText = (type: string, link: Linker): string => {
  const parts = type.split(" | ");
  const linked = parts.map(link);
  return linked.some((text) => text.startsWith("[")) ? linked.join(" or ") : `\`${spelledOut(type)}\``;
};

/** Below a point of a list. */
const indented = (text: string): string => text.replaceAll("\n", "\n  ");
/** Up to a full stop or colon that is in no brackets. */
const firstSentence = (text: string): string =>
  `${/^(?:[^.:(]|\([^)]*\)|[.:](?!\s|$))*/.exec(text)?.[0].replaceAll(/\s+/g, " ")}.`;
const page = (parts: readonly string[]): string => `${parts.join("\n\n")}\n`;
