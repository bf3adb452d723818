import { originsOf } from "./part-arguments";

/** Replaces argument names of a part by those of its component, in sentences for the user. */
type Words = readonly (readonly [part: RegExp, component: string])[];

/** Of the parts of a server, which either component makes. */
const ofServer: Readonly<Record<string, Words>> = {
  MasterKey: [
    [/\bone of password and credential\b/g, "one of masterKeyPassword and masterKeyCredential"],
    [/\bgive password, or credential as\b/g, "give masterKeyPassword, or masterKeyCredential as"],
  ],
  SqlServerCertificate: [
    [/\bexpiry or rotateBefore \((.*?) of an InstancePairing\)/, "$1"],
    [/\btogether with expiry\b/, "together with certificateExpiry"],
    [/\bexpiry or subject\b/g, "certificateExpiry or certificateSubject"],
    [/\bexpiry(?=( and \w+)* of the certificate\b)/g, "certificateExpiry"],
    [/\bsubject(?=( and \w+)* of the certificate\b)/g, "certificateSubject"],
  ],
  MirroringEndpoint: [
    [/\balgorithm(?=:)/g, "endpointAlgorithm"],
    [/ of the SqlServerCertificate\b/g, ""],
  ],
};

/** Sentences in which the name of an argument is an everyday word, or stands for another one. */
const phrases: Readonly<Record<string, Readonly<Record<string, Words>>>> = {
  PreparedServer: ofServer,
  InstancePairing: ofServer,
};

/**
 * The user of a component never wrote the arguments of its parts, so a message names those of the component. The urn tells
 * of which component a resource is a part. read and delete have no urn; their messages name no argument.
 */
export function inComponentsWords(urn: string | undefined, sentence: string): string {
  const [, component = "", part = ""] =
    /mi-link:index:(\w+)\$pulumi-nodejs:dynamic\/mi-link:(\w+)::/.exec(urn ?? "") ?? [];
  const said = (phrases[component]?.[part] ?? []).reduce((text, [from, to]) => text.replace(from, to), sentence);
  const words = wordsOf(component, part);
  // All at once: what stands for one argument may be the name of another.
  return said.replaceAll(/\b[a-z]\w*\b/g, (name, at: number) => {
    // A name without a capital letter is an everyday word, except where the sentence is about it.
    const isArgument = at === 0 || /[A-Z]/.test(name);
    return (isArgument ? words.get(name) : undefined) ?? name;
  });
}

function wordsOf(component: string, part: string): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  for (const [name, { argument, words: said = argument?.split(".").at(-1) }] of Object.entries(
    originsOf(component)[part] ?? {},
  ))
    if (said !== undefined) words.set(name, said);
  return words;
}
