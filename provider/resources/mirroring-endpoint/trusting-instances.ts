import { digitsOf } from "../../arguments/hexadecimal";
import { sameHost } from "../../arguments/host";
import { childCollection, instanceIdProblem, parseInstanceId } from "../../arguments/managed-instance-id";
import { pause } from "../../errors/interrupted";
import { isFailure, VisibleError } from "../../errors/visible-error";
import type { Context } from "../../lifecycle/context";
import { type Certificate, findCertificate, hex } from "../../sql-server/catalog/certificates";
import { partnersOf } from "../../sql-server/catalog/endpoint";
import { remoteMembers } from "../../sql-server/catalog/groups";
import type { Sql } from "../../sql-server/connection";
import { authorOf, isSameStack, type Note, notesOf } from "../../sql-server/notes";

/**
 * How long an upload is waited for: of this stack's run; and of another stack, which has to have ended before, as the
 * engine shows the outputs of this one only after its run. Azure's answers may be of some seconds ago. Shorter in tests.
 */
export const uploadPatience = { milliseconds: 120_000, ofOthers: 10_000 };

/** A managed instance that this server is linked with, and that a stack, this one or another, uploads certificates to. */
interface Linked {
  readonly id: string;
  readonly name: string;
  readonly groupNames: readonly string[];
  readonly notes: readonly Note[];
}

/**
 * Waits until every managed instance that is linked with the server has the certificate, which the endpoint is about to
 * show, and refuses where it does not come. Which instances there are, the notes on the server tell; those that nobody
 * noted show only afterwards whether they trust it: see `alterProven`. Of those that are not connected it does not show:
 * the user is told.
 */
export async function requireTrusted(
  server: Sql,
  endpointName: string,
  certificateName: string,
  context: Context,
): Promise<void> {
  const certificate = await findCertificate(server, certificateName);
  if (!certificate) return; // ALTER ENDPOINT refuses it
  const doing = `give the certificate ${certificateName} to the mirroring endpoint ${endpointName}`;
  const linked = await linkedInstances(server, context);
  let without = linked;
  const start = performance.now();
  for (let wait = 500; ; wait = Math.min(wait * 1.5, 5000)) {
    without = await instancesWithout(without, certificate, doing, context);
    if (without.length === 0) return await sayUnseen(server, endpointName, certificateName, linked, context);
    const isOthersOnly = without.some(({ notes }) => notes.every((note) => !isOfThisStack(note, context)));
    const patience = isOthersOnly ? uploadPatience.ofOthers : uploadPatience.milliseconds;
    if (performance.now() - start >= patience) throw notThere(server, doing, without, context);
    context.status(
      `waiting until ${without.map(({ name }) => name).join(" and ")} ${without.length === 1 ? "has" : "have"} the certificate ${certificateName}`,
    );
    await pause(wait, doing, context.signal);
  }
}

async function sayUnseen(
  server: Sql,
  endpointName: string,
  certificateName: string,
  linked: readonly Linked[],
  { warn }: Context,
): Promise<void> {
  const known = new Set(linked.flatMap(({ groupNames }) => groupNames));
  const unseen = (await partnersOf(server)).filter(
    ({ isConnected, groupName }) => !isConnected && !known.has(groupName),
  );
  if (unseen.length === 0) return;
  const labels = unseen.map(({ label }) => label).join(", ");
  warn(
    `${labels} ${unseen.length === 1 ? "was" : "were"} not connected when the mirroring endpoint ${endpointName} on ${server.instance.name} (${server.address}) got the certificate ${certificateName}, and no stack has noted who uploads certificates there: so it does not show whether the other side trusts it. If it does not, it cannot connect again: give it the public key of that certificate.`,
  );
}

async function linkedInstances(server: Sql, context: Context): Promise<Linked[]> {
  const [members, notes] = await Promise.all([remoteMembers(server), notesOf(server, "trust-certificate")]);
  if (members.length === 0) return [];
  const ids = new Set(notes.flatMap((note) => instanceIdIn(note) ?? []));
  const known = await Promise.all(
    [...ids].map(async (id): Promise<Linked> => {
      const theirs = notes.filter((note) => instanceIdIn(note) === id);
      const fqdn = await hostOf(id, theirs, context);
      const groups = members.filter(({ host }) => fqdn !== undefined && sameHost(host, fqdn));
      return {
        id,
        name: parseInstanceId(id).name,
        groupNames: groups.map(({ groupName }) => groupName),
        notes: theirs,
      };
    }),
  );
  return known.filter(({ groupNames }) => groupNames.length > 0);
}

/** Anybody who administers the server can write a note: what is in it is checked before it becomes part of a request. */
function instanceIdIn({ name }: Note): string | undefined {
  const id = /^\/subscriptions\/.*?\/managedinstances\/[^/]+/i.exec(name)?.[0];
  return id !== undefined && instanceIdProblem(id) === undefined ? id : undefined;
}

/** undefined where it cannot be told: the instance is gone; or, which the user is told, may not be read. */
async function hostOf(id: string, notes: readonly Note[], context: Context): Promise<string | undefined> {
  return await orUntold(id, notes, context, async () => (await context.azure.managedInstance(id)).fqdn);
}

async function instancesWithout(
  linked: readonly Linked[],
  { der }: Certificate,
  doing: string,
  context: Context,
): Promise<Linked[]> {
  const looked = await Promise.all(
    linked.map(async (instance) => {
      const uploaded = await orUntold(instance.id, instance.notes, context, () =>
        context.azure.list<{ readonly publicBlob: string }>(
          doing,
          childCollection(instance.id, "serverTrustCertificates"),
        ),
      );
      const has = uploaded?.some(({ properties }) => digitsOf(properties.publicBlob) === hex(der)) ?? true;
      return has ? [] : [instance];
    }),
  );
  return looked.flat();
}

async function orUntold<T>(
  id: string,
  notes: readonly Note[],
  { warn, signal }: Context,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isFailure(error, "ResourceNotFound", "ResourceGroupNotFound", "ParentResourceNotFound")) return undefined;
    if (signal.aborted || !(error instanceof VisibleError)) throw error;
    warn(
      `Whether the managed instance ${parseInstanceId(id).name}, which ${authorsOf(notes)} uploads certificates to, has the new certificate could not be seen: ${error.message}`,
    );
    return undefined;
  }
}

const authorsOf = (notes: readonly Note[]): string => [...new Set(notes.map(authorOf))].join(" and ");

const isOfThisStack = (note: Note, { author }: Context): boolean => author !== undefined && isSameStack(note, author);

function notThere(server: Sql, doing: string, without: readonly Linked[], context: Context): VisibleError {
  const others = without.flatMap(({ notes }) => notes).filter((note) => !isOfThisStack(note, context));
  const remedy =
    others.length === 0
      ? "let MirroringEndpoint depend on the TrustCertificate of every managed instance (dependsOn), so that each is uploaded before; then run pulumi up again."
      : `run pulumi up there first (${[...new Set(others.map(({ stack }) => stack))].join(", ")}), which takes the new certificate from the outputs of this stack, as they are after this run, and uploads it; then pulumi up here again.`;
  return new VisibleError(
    {
      doing: `${doing} on ${server.instance.name} (${server.address})`,
      said: [
        ...without.map(
          (instance) =>
            `the managed instance ${instance.name} does not have it; linked over ${instance.groupNames.join(", ")}; certificates are uploaded to it by ${authorsOf(instance.notes)}`,
        ),
        "Nothing was changed.",
      ],
      cause: "the links of that instance would not connect again.",
      remedy,
    },
    ["NotTrusted"],
  );
}
