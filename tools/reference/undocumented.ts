import { commandsOf, type Program, wholeCatalogue } from "./compiled-provider";
import type { Declaration, DocComment, Member } from "./doc-comments";
import type { Argument, PublicClass, PublicInterface, PublicType } from "./public-interface";

/** What a user could meet and find nothing written about: a sentence each, for whoever has to write it. */
export function undocumented({ classes, types }: PublicInterface): string[] {
  return [...classes.flatMap(ofClass), ...types.flatMap(ofType)];
}

function ofClass({ name, comment, argumentGroups, outputs, get, isComponent, codesInFiles }: PublicClass) {
  const given = argumentGroups.flatMap(({ members }) => members);
  const inherits = new Set(given.map((argument) => argument.name));
  const problems = [
    ...ofComment(name, comment),
    ...(comment.source ? [] : [`${name} names no source: a line "Source: ..."`]),
    ...(comment.example ? [] : [`${name} has no @example`]),
    ...given.flatMap((argument) => ofArgument(`the argument ${argument.name} of ${name}`, argument)),
    ...outputs
      .filter((output) => output.comment || !inherits.has(output.name))
      .flatMap((output) => ofComment(`the output ${output.name} of ${name}`, output.comment)),
  ];
  if (isComponent) return problems;
  const documented = new Set(comment.errors.map(({ code }) => code));
  const met = codesInFiles.filter(isKnown);
  return [
    ...problems,
    ...ofComment(`get of ${name}`, get?.comment),
    ...(comment.errors.length > 0 ? [] : [`${name} names no errors: lines "- <code>: ..." below "Errors:"`]),
    ...comment.errors.flatMap(({ code, text }) => ofError(name, code, text)),
    ...[...new Set(met)]
      .filter((code) => !documented.has(code))
      .map((code) => `the error ${code} of ${name} has no documentation: a line "- ${code}: ..." below "Errors:"`),
  ];
}

function ofError(name: string, code: string, text: string): string[] {
  if (code === "" || text === "") return [`an error of ${name} is not of the form "- <code>: ..."`];
  return isKnown(code) ? [] : [`the error ${code} of ${name} has no cause and remedy in provider/errors`];
}

/** What the catalogue has cause and remedy of. */
const isKnown = (code: string): boolean => Object.values(wholeCatalogue).some((codes) => Object.hasOwn(codes, code));

function ofArgument(label: string, argument: Argument): string[] {
  const { comment, isOptional, effects, tableDefault } = argument;
  const problems = ofComment(label, comment);
  if (isOptional && comment?.default === undefined) problems.push(`${label} has no @default`);
  if (tableDefault !== undefined && !comment?.default?.includes(JSON.stringify(tableDefault)))
    problems.push(`${label} has the default ${JSON.stringify(tableDefault)}, which its @default does not say`);
  if (effects.length === 0 && !/chang|another/i.test(comment?.text ?? ""))
    problems.push(`${label} does not say what changing it does`);
  return problems;
}

const ofType = ({ name, comment, members }: PublicType): string[] => [
  ...ofComment(name, comment),
  ...comment.errors.flatMap(({ code, text }) => ofError(name, code, text)),
  ...members.flatMap((member) => ofMember(name, member)),
];

const ofMember = (owner: string, { name, comment, isOptional }: Member): string[] => [
  ...ofComment(`${name} of ${owner}`, comment),
  ...(isOptional && comment?.default === undefined ? [`${name} of ${owner} has no @default`] : []),
];

function ofComment(label: string, comment: Omit<DocComment, "example"> | undefined): string[] {
  if (!comment || comment.text === "") return [`${label} has no documentation`];
  const shown = [comment.text, comment.default ?? ""].join("\n").replaceAll(/`[^`]*`/g, "");
  const [vanishing] = /<\w[^>]*>/.exec(shown) ?? [];
  return [
    ...comment.otherTags.map(
      (tag) => `${label}: its comment has the tag @${tag}; put an @ that is none into backticks`,
    ),
    ...(vanishing === undefined
      ? []
      : [`${label}: ${vanishing} in its comment would not be shown; put it into backticks`]),
  ];
}

/** `mi-link`, its commands, and the options and arguments of each. */
export function undocumentedCommands(program: Program): string[] {
  return [program, ...commandsOf(program)].flatMap((command) => [
    ...(command.description() ? [] : [`mi-link ${command.name()} has no description`]),
    ...[...command.options, ...command.registeredArguments]
      .filter(({ description }) => !description)
      .map((one) => `${"flags" in one ? one.flags : one.name()} of mi-link ${command.name()} has no description`),
  ]);
}

/** Settings and variables, and that there are no others in the code: `text` is all of it. */
export function undocumentedSettings(settings: readonly Declaration[], text: string): string[] {
  const members = settings.flatMap((declaration) => declaration.members);
  const known = members.flatMap(({ name, type }) => [name, ...namesIn(type)]);
  const used = [...text.matchAll(/"(mi-link:(?!index:)\w+)"|\b(MI_LINK_[A-Z_]+)\b|\benv\.([A-Z][A-Z_]+)\b/g)];
  const names = new Set(used.map(([, key, own, variable]) => key ?? own ?? variable ?? ""));
  return [
    ...settings.flatMap(({ name, members }) =>
      members.flatMap((member) => ofMember(name, { ...member, isOptional: true })),
    ),
    ...[...names].filter((name) => !known.includes(name)).map((name) => `the setting ${name} has no documentation`),
  ];
}

/** The variables of the environment that stand for a setting: its type has their names. */
export const namesIn = (type: string): string[] => [...type.matchAll(/"([^"]+)"/g)].map(([, name = ""]) => name);
