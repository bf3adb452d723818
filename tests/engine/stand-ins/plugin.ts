import { main, type Provider } from "@pulumi/pulumi/provider";

export type Bag = Readonly<Record<string, unknown>>;

/** The mark of a value that the engine encrypts, and what it is of. */
const secretMark = "4dabf18193072939515e22adb298388d";

/** A value without the envelope of a secret. */
export const plain = (value: unknown): unknown =>
  typeof value === "object" && value !== null && secretMark in value && "value" in value ? value.value : value;

/** What somebody asked for that is not what it was. Outputs that are no inputs do not count. */
export function changed(olds: Bag, news: Bag, outputs: readonly string[]): string[] {
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((name) => !outputs.includes(name));
  return names.filter((name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]));
}

/** Serves a provider to the engine that started this process, until that is gone. */
export function serve(provider: Provider): void {
  const engine = process.ppid;
  setInterval(() => process.ppid === engine || process.exit(1), 1000).unref();
  main(provider, process.argv.slice(2));
}
