import type { X509Certificate } from "node:crypto";
import { digitsOf } from "../arguments/hexadecimal";
import { linkArguments, sameInAzure } from "../arguments/managed-instance-id";
import { sameName } from "../arguments/names";
import {
  type Certificate,
  documentedName,
  hex,
  parseCertificate,
  thumbprintOf,
} from "../sql-server/catalog/certificates";
import { lookAt } from "../sql-server/outcome";
import type { AzureFacts } from "./azure-facts";
import type { Finding, Step } from "./finding";
import type { SqlServerFacts } from "./sql-server-facts";
import {
  azureCli,
  both,
  failed,
  type Known,
  mapped,
  onSqlServer,
  passed,
  type Told,
  tested,
  unknown,
  warning,
  words,
} from "./told";

/** What only both sides together tell. */
export function pairChecks(server: SqlServerFacts, azure: AzureFacts, certificateName: string | undefined): Finding[] {
  const subject = `${server.label} and the managed instance ${azure.name}`;
  const { settings, certificates, endpoint, instance } = server;
  const isLinux = "value" in settings && settings.value?.separator === "/";
  const properties = mapped(azure.instance, (body) => body?.properties);
  return [
    tested("clocks", subject, both(server.ahead, azure.ahead), ([here, there]) => clocksTold(here - there, isLinux)),
    tested("collation", subject, both(settings, properties), ([row, there]) =>
      collationTold(row?.collation ?? null, there?.collation),
    ),
    tested("instance-certificate", subject, both(certificates, presented(azure)), ([all, theirs]) =>
      importTold(all, theirs),
    ),
    tested(
      "trust-certificate",
      subject,
      both(both(certificates, endpoint), both(azure.uploaded, instance)),
      (known) => {
        const [[all, shown], [uploaded, { name }]] = known;
        const own = all.find((certificate) => certificate.name === shown?.certificateName);
        const same = own && uploaded.find(({ properties: { publicBlob } }) => digitsOf(publicBlob) === hex(own.der));
        if (same) return passed(`The instance has the certificate that SQL Server shows, as ${same.name}.`);
        // A name that is taken on SQL Server is not used again there.
        const next = certificateName ?? documentedName(name);
        const taken = uploaded.find((other) => sameInAzure(other.name, next));
        if (!taken || all.some((certificate) => sameName(certificate.name, next)))
          return passed("The instance has room for the certificate of SQL Server, which the first up uploads.");
        return failed(
          `The instance has another SQL Server's certificate, or an old one, under the name ${taken.name}, which the first up gives to the new one.`,
          words("Give another certificateName. See which links there are, which may need the old one:"),
          azureCli(`az sql mi link list ${linkArguments(azure.id)}`),
        );
      },
    ),
  ];
}

/** As far as a certificate that was made at this moment may be from being valid on the other side. */
const toleratedMilliseconds = 5 * 60_000;

function clocksTold(ahead: number, isLinux: boolean): Told {
  if (Math.abs(ahead) <= toleratedMilliseconds) return passed("The clocks of both sides agree.");
  const minutes = Math.round(Math.abs(ahead) / 60_000);
  const [direction, consequence] =
    ahead > 0
      ? [
          "ahead of",
          "a certificate that is made now is not valid yet for the other side, and no link connects until it is",
        ]
      : ["behind", "SQL Server takes certificates for valid that have ended, and new ones of the instance not yet"];
  const steps: Step[] = isLinux
    ? [{ how: "shell", text: "sudo chronyc makestep" }]
    : [{ how: "powershell", text: "w32tm /resync /force" }];
  return failed(`The clock of SQL Server is ${minutes} minutes ${direction} Azure's: ${consequence}.`, ...steps);
}

function collationTold(here: string | null, there: string | undefined): Told {
  if (here === null || there === undefined)
    return unknown(`${here === null ? "SQL Server" : "Azure"} does not say which collation its side has.`);
  if (here.toLowerCase() === there.toLowerCase()) return passed(`The collation of both instances is ${here}.`);
  return warning(
    `The collation of SQL Server is ${here}, and that of the managed instance ${there}: names that differ in letter case may not be found, and then no link connects.`,
    words(
      "An instance keeps its collation: link to one that was made with SQL Server's, or write all names as they are on both sides.",
    ),
  );
}

interface Theirs {
  readonly fqdn: string;
  readonly certificate: X509Certificate | undefined;
}

const presented = ({ instance, endpointCertificate }: AzureFacts): Known<Theirs> =>
  mapped(both(instance, endpointCertificate), ([body, blob]) => ({
    fqdn: body?.properties.fullyQualifiedDomainName ?? "",
    certificate: parseCertificate(blob),
  }));

/** The certificate of the instance on SQL Server, which has to have the instance's host name as its name. */
function importTold(all: readonly Certificate[], { fqdn, certificate }: Theirs): Told {
  if (!certificate)
    return failed("Azure shows a key of the instance that is no certificate.", words("Ask Azure's support."));
  const thumbprint = thumbprintOf(certificate);
  const named = all.find(({ name }) => sameName(name, fqdn));
  if (named?.thumbprint === thumbprint) return passed("SQL Server has the certificate that the instance presents.");
  if (named)
    return failed(
      `SQL Server has another certificate under the name ${named.name} than the instance presents: ${named.thumbprint}, not ${thumbprint}.`,
      words("With adopt, up renews it in place. See which groups lead to the instance, and so use it:"),
      onSqlServer({ text: lookAt.groupUrls }),
    );
  const other = all.find((each) => each.thumbprint === thumbprint);
  if (other)
    return failed(
      `SQL Server has the certificate of the instance under the name ${other.name}: a link finds it only as ${fqdn}, and SQL Server takes a key once.`,
      words("No certificate can be renamed. See what uses it; what something uses must stay:"),
      onSqlServer({ text: lookAt.certificate(other.name) }),
    );
  return passed("SQL Server has room for the certificate of the instance, which the first up imports.");
}
