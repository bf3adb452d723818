import { childCollection, parseInstanceId } from "../../arguments/managed-instance-id";
import type { ArmResource, AzureAccess } from "../../azure/client";
import { type InstanceBody, instanceFault, instanceOf, type ManagedInstance } from "../../azure/managed-instance";
import { VisibleError } from "../../errors/visible-error";
import type { LinkProperties } from "../../resources/instance-link/link";
import { isoDate, parseCertificate, thumbprintOf } from "../../sql-server/catalog/certificates";
import { validityAt } from "../../sql-server/validity";
import { daysUntil } from "./certificate-status";
import type { CertificateStatus, Problem } from "./status-data";
import { problemOf } from "./unread";

export type ArmLink = ArmResource<LinkProperties>;

/** What Azure tells of one managed instance and all its links: each part undefined where it could not be read. */
export interface InstanceSide {
  readonly id: string;
  /** Short name. */
  readonly name: string;
  readonly instance?: ManagedInstance;
  readonly links?: readonly ArmLink[];
  /** Thumbprints of the certificates of SQL Servers that were uploaded to it. */
  readonly trusted?: ReadonlySet<string>;
  /** The one that its endpoint shows. */
  readonly certificate?: CertificateStatus;
  readonly problems: readonly Problem[];
}

/** Four requests at most, however many links there are. */
export async function readInstance(id: string, azure: AzureAccess): Promise<InstanceSide> {
  const { name } = parseInstanceId(id);
  const found = await tried(
    `the managed instance ${name} could not be looked at`,
    async () =>
      (await azure.find(`look at the managed instance ${name}`, id)) as
        | (ArmResource<unknown> & InstanceBody)
        | undefined,
  );
  if ("problem" in found) return { id, name, problems: [found.problem] };
  if (!found.value)
    return {
      id,
      name,
      problems: [
        {
          level: "error",
          what: `there is no managed instance ${name}`,
          cause: "it was deleted, its id is another one, or the account that is signed in may not see it.",
          remedy: `az resource show --ids ${id}`,
        },
      ],
    };
  const body = found.value;
  const instance = instanceOf(id, body);
  const [links, uploaded, shown] = await Promise.all([
    tried(`the links of the managed instance ${name} could not be listed`, () =>
      azure.list<LinkProperties>(`list the links of ${name}`, childCollection(id, "distributedAvailabilityGroups")),
    ),
    tried(`the certificates that the managed instance ${name} trusts could not be listed`, () =>
      azure.list<{ readonly publicBlob: string }>(
        `list the certificates that ${name} trusts`,
        childCollection(id, "serverTrustCertificates"),
      ),
    ),
    // Azure refuses that of an instance that does not run, whose state says enough.
    instanceFault(body)
      ? { value: "" }
      : tried(`the certificate of the managed instance ${name} could not be read`, () => azure.endpointCertificate(id)),
  ]);
  const certificate = "value" in shown ? parseCertificate(shown.value) : undefined;
  return {
    id,
    name,
    instance,
    links: "value" in links ? links.value : undefined,
    trusted:
      "value" in uploaded
        ? new Set(
            uploaded.value.flatMap(({ properties }) => {
              const parsed = parseCertificate(properties.publicBlob);
              return parsed ? [thumbprintOf(parsed)] : [];
            }),
          )
        : undefined,
    certificate: certificate && {
      name: instance.fqdn,
      thumbprint: thumbprintOf(certificate),
      expiryDate: isoDate(certificate.validToDate),
      validity: validityAt(azure.now(), certificate.validToDate),
      daysLeft: daysUntil(isoDate(certificate.validToDate), azure.now()),
    },
    problems: together([links, uploaded, shown].flatMap((part) => ("problem" in part ? [part.problem] : []))),
  };
}

type Tried<T> = { readonly value: T } | { readonly problem: Problem };

async function tried<T>(what: string, ask: () => Promise<T>): Promise<Tried<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    if (!(error instanceof VisibleError)) throw error;
    return { problem: problemOf(error, what) };
  }
}

/** What failed for the same reason, as an instance that is stopped, is told once. */
function together(problems: readonly Problem[]): Problem[] {
  const reasons = Map.groupBy(problems, ({ code }) => code);
  return [...reasons.values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, what: [first, ...others].map(({ what }) => what).join("; ") }] : [],
  );
}
