/** Replaces argument names of a part by those of its component, in sentences for the user. */
type Words = readonly (readonly [part: RegExp, component: string])[];

const endpoint = "address (by default sqlServer.host) and port of the InstancePairing";

const words: Readonly<Record<string, Readonly<Record<string, Words>>>> = {
  InstancePairing: {
    MasterKey: [
      [/^password\b/, "masterKeyPassword"],
      [/^credential\b/, "masterKeyCredential"],
      [/\bone of password and credential\b/g, "one of masterKeyPassword and masterKeyCredential"],
      [/\bgive password, or credential as\b/g, "give masterKeyPassword, or masterKeyCredential as"],
    ],
    SqlServerCertificate: [
      [/^expiry\b/, "certificateExpiry"],
      [/\btogether with expiry\b/, "together with certificateExpiry"],
      [/\bexpiry or rotateBefore \((.*?) of an InstancePairing\)/, "$1"],
      [/\brotateBefore\b/g, "certificateRotateBefore"],
      [/\bexpiry or subject\b/g, "certificateExpiry"],
      [/\bcertificateName\b/g, "certificateExpiry"],
    ],
    TrustCertificate: [[/\bcertificateName\b/g, "certificateExpiry"]],
  },
  ManagedInstanceLink: {
    AvailabilityGroup: [[/\bendpointUrl\b/g, endpoint]],
    DistributedAvailabilityGroup: [
      [/\bgroupName\b/g, "linkName"],
      [/\blocalGroupName\b/g, "groupName"],
      [/\bmanagedInstanceGroupName\b/g, "instanceGroupName"],
      [/\blocalUrl\b/g, endpoint],
      [/\bmanagedInstanceFqdn\b/g, "managedInstanceId of the InstancePairing"],
    ],
    InstanceLink: [
      [/\bpartnerAvailabilityGroupName\b/g, "groupName"],
      [/\binstanceAvailabilityGroupName\b/g, "instanceGroupName"],
      [/\bpartnerEndpoint\b/g, endpoint],
    ],
  },
};

/**
 * The user of a component never wrote the arguments of its parts, so a message names those of the component. The urn tells
 * of which component a resource is a part. read and delete have no urn; their messages name no argument.
 */
export function inComponentsWords(urn: string | undefined, sentence: string): string {
  const [, component = "", part = ""] =
    /mi-link:index:(\w+)\$pulumi-nodejs:dynamic\/mi-link:(\w+)::/.exec(urn ?? "") ?? [];
  return (words[component]?.[part] ?? []).reduce((text, [from, to]) => text.replace(from, to), sentence);
}
