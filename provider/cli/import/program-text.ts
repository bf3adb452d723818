import { type Declaration, type Program, Reference, ref } from "../declarations";

/** The program as TypeScript. */
export function programText({ constants, declarations }: Program): string {
  const kinds = [...new Set(declarations.map(({ kind }) => kind))].sort();
  const used = new Set(
    declarations.flatMap(({ args, dependsOn = [] }) =>
      [...Object.values(args), ...dependsOn.map(ref)].flatMap((value) =>
        value instanceof Reference ? [value.path[0]] : [],
      ),
    ),
  );
  return [
    `import { ${[...kinds, "type SqlServerArgs"].join(", ")} } from "pulumi-mi-link";`,
    "",
    `const sqlServer: SqlServerArgs = ${objectText(Object.entries(constants.sqlServer).map(([name, value]) => [name, quoted(value)]))};`,
    `const managedInstanceId = ${quoted(constants.managedInstanceId)};`,
    ...declarations.flatMap((declaration) => ["", ...statementOf(declaration, used.has(declaration.variable))]),
    "",
  ].join("\n");
}

function statementOf({ variable, kind, name, args, dependsOn = [], comment }: Declaration, isUsed: boolean): string[] {
  const given = Object.entries(args).flatMap(([argument, value]): [string, string][] =>
    value === undefined ? [] : [[argument, value instanceof Reference ? value.path.join(".") : quoted(value)]],
  );
  const options = dependsOn.length === 0 ? "" : `, { dependsOn: [${dependsOn.join(", ")}] }`;
  const expression = `new ${kind}(${quoted(name)}, ${objectText(given)}${options});`;
  return [
    ...(comment === undefined ? [] : [`// ${oneLine(comment)}`]),
    `${isUsed ? `const ${variable} = ` : ""}${expression}`,
  ];
}

/** As JSON, but for what ends a line to editors and older compilers. */
const quoted = (value: unknown): string =>
  JSON.stringify(value).replace(/[\p{Zl}\p{Zp}]/gu, (end) => `\\u${end.charCodeAt(0).toString(16)}`);

/** A name may hold what ends a line, and with it the comment. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");

function objectText(entries: readonly (readonly [name: string, text: string])[]): string {
  const lines = entries.map(([name, text]) => (name === text ? `  ${name},` : `  ${name}: ${text},`));
  return `{\n${lines.join("\n")}\n}`;
}
