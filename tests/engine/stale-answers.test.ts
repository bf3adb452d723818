// Safety A4, A5
import assert from "node:assert/strict";
import type { RequestRule } from "#lab/faults/faults";
import { type Operation, succeeded } from "#tools/pulumi";
import { type Quickstart, startQuickstart } from "../support/quickstart";

const changes = ({ changes }: Operation) => changes.map(({ op, name }) => `${op} ${name}`).sort();

describe("an Azure that answers with what was so some time ago, with the real engine", function () {
  this.timeout(300_000);
  let quickstart: Quickstart;
  before(async () => {
    quickstart = await startQuickstart();
  });
  after(() => quickstart.close());

  const fault = (rule: Omit<RequestRule, "on">) => quickstart.lab.faults.add({ on: "request", ...rule });
  const oneLink = "distributedAvailabilityGroups/[^/]+$";
  const notFound = { status: 404, code: "ResourceNotFound", message: "x" };
  const puts = () =>
    quickstart.lab.journal.entries.filter(
      (entry) => entry.kind === "request" && entry.method === "PUT" && entry.path.endsWith(`/${quickstart.names.link}`),
    ).length;

  /** What each link has of its own. */
  const own = Object.fromEntries(
    ["__note", "distributedAvailabilityGroupId", "databaseCreationDate", "partnerCertificateExpiryDate"].map((name) => [
      name,
      undefined,
    ]),
  );
  let first: object | undefined;

  /** The link is recorded as finished, and as the first one was. */
  async function isRecorded(): Promise<void> {
    const { project, lab, verify } = quickstart;
    lab.faults.clear();
    assert.equal((await verify()).connected, true);
    const { resources = [] } = (await project.exportState()).deployment;
    const link = resources.find(({ type }) => type.startsWith("pulumi-nodejs") && type.endsWith(":InstanceLink"));
    assert.deepEqual([link?.initErrors ?? [], link?.outputs?.connectedState], [[], "CONNECTED"]);
    first ??= link?.outputs;
    assert.deepEqual({ ...link?.outputs, ...own }, { ...first, ...own });
  }

  it("has refused the link with 409 and made it all the same: it is this stack's own", async () => {
    fault({
      method: "PUT",
      matching: oneLink,
      answer: { status: 409, code: "OperationInProgress", message: "x", isCarriedOut: true },
    });
    succeeded(await quickstart.project.up());
    assert.equal(puts(), 1);
    await isRecorded();
  });

  it("finds nothing right after the link was made, and refuses a token while it is waited for: the link is recorded", async () => {
    const { project } = quickstart;
    succeeded(await project.destroy());
    const before = puts();
    fault({ method: "GET", matching: oneLink, nth: 3, times: 2, answer: notFound });
    fault({
      method: "GET",
      matching: "distributedAvailabilityGroupsAzureAsyncOperation",
      answer: { status: 401, code: "ExpiredAuthenticationToken", message: "x" },
    });
    succeeded(await project.up());
    assert.equal(puts() - before, 1);
    await isRecorded();
  });

  it("finds neither the trust certificate nor the link at the first looks of a refresh: nothing is forgotten", async () => {
    const { project } = quickstart;
    fault({ method: "GET", matching: "serverTrustCertificates/[^/]+$", answer: notFound });
    fault({ method: "GET", matching: oneLink, times: 2, answer: notFound });
    assert.deepEqual(changes(succeeded(await project.refresh())), []);
    await isRecorded();
    assert.deepEqual(changes(succeeded(await project.preview())), [], "nothing is left to do");
  });
});
