import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import type { Lab } from "#lab/index";
import type { ArmClient } from "#tools/clients";
import { expectKept, type Watched } from "./watcher";

/** A SQL Server and the managed instances that it is linked with, with a console on each. */
export interface WatchedTrust extends Watched {
  readonly lab: Pick<Lab, "clock" | "ready">;
  readonly arm: ArmClient;
}

const sampleMilliseconds = 100;

/** A rotation: every link is disconnected for at most one reconnect, and at no look is there a side that must not trust the other. */
export async function expectTrusted<Run>(watched: WatchedTrust, change: () => Promise<Run>): Promise<Run> {
  const watcher = watchTrust(watched);
  const run = await expectKept(watched, change).finally(watcher.stop);
  assert.ok(watcher.looks() > 2, "nobody looked");
  assert.deepEqual(watcher.problems(), []);
  return run;
}

/** Looks every 100 ms of the lab's time whether the certificates that the sides show each other are valid, and there on the other side. */
function watchTrust({ lab, sqlServer, arm }: WatchedTrust) {
  const problems = new Set<string>();
  const stopped = new AbortController();
  let looks = 0;

  /** By what a managed instance trusts: thumbprints of the certificates that it has of SQL Servers. */
  const trusted = async (id: string) =>
    (await arm.list(`${id}/serverTrustCertificates`)).map(({ properties }) => fingerprint(properties.publicBlob));

  const look = async () => {
    // Once before and once after the endpoint is looked at: one list would miss what came, or what went, in between.
    const instances = lab.ready.managedInstances;
    const before = await Promise.all(instances.map(({ id }) => trusted(id)));
    const [shown] = await sqlServer.query<Row>(
      "SELECT c.name, c.start_date, c.expiry_date, CERTENCODED(c.certificate_id) AS der FROM sys.database_mirroring_endpoints e JOIN sys.certificates c ON c.certificate_id = e.certificate_id",
    );
    const imported = await sqlServer.query<Row>(
      "SELECT name, start_date, expiry_date, CERTENCODED(certificate_id) AS der FROM sys.certificates WHERE pvt_key_encryption_type = 'NA'",
    );
    const after = await Promise.all(instances.map(({ id }) => trusted(id)));
    const now = lab.clock.now();
    if (!shown) problems.add("the endpoint shows no certificate");
    else {
      if (!isValid(shown, now)) problems.add(`the endpoint shows ${shown.name}, which is not valid`);
      for (const [i, { name }] of instances.entries()) {
        const has = [...(before[i] ?? []), ...(after[i] ?? [])].includes(fingerprint(shown.der.toString("hex")));
        if (!has) problems.add(`the endpoint shows ${shown.name}, which ${name} does not have`);
      }
    }
    for (const { name, fqdn } of instances) {
      const certificate = imported.find((row) => row.name === fqdn);
      if (!certificate || !isValid(certificate, now)) problems.add(`SQL Server has no valid certificate of ${name}`);
    }
    looks++;
  };
  const watching = (async () => {
    while (!stopped.signal.aborted) {
      await look();
      await lab.clock.sleep(sampleMilliseconds, stopped.signal).catch(() => undefined);
    }
  })();
  return {
    looks: () => looks,
    problems: () => [...problems],
    async stop(): Promise<void> {
      stopped.abort();
      await watching;
      await look();
    },
  };
}

interface Row {
  readonly name: string;
  readonly start_date: Date;
  readonly expiry_date: Date;
  readonly der: Buffer;
}

const isValid = ({ start_date, expiry_date }: Row, now: Date): boolean => start_date <= now && now < expiry_date;

const fingerprint = (blob: unknown): string =>
  new X509Certificate(Buffer.from(String(blob).replace(/^0x/i, ""), "hex")).fingerprint;
