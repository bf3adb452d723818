import assert from "node:assert/strict";
import type { Finding, Verdict } from "#provider/index";
import { onOneLab, type Planted, withOptions } from "./planted-problems";
import { type PreflightScene, start, startClean } from "./preflight-scene";
import { carryOut } from "./remedies";

type Verdicts = Readonly<Record<string, Verdict>>;

/** `log-chain`, and of another database than db1 `log-chain of db2`. */
const keyOf = ({ id, subject }: Finding): string => {
  const [, database = "db1"] = /^the database (.*)$/.exec(subject) ?? [];
  return database === "db1" ? id : `${id} of ${database}`;
};

const verdicts = (findings: readonly Finding[]): Verdicts =>
  Object.fromEntries(findings.map((finding) => [keyOf(finding), finding.verdict]));

/** The problem is planted already. It must be found, and nothing else, until its remedy was carried out. */
async function expectFound(scene: PreflightScene, planted: Planted, clean: Verdicts): Promise<void> {
  const { finds, says, advises = /./, filledIn, inWords, byHand } = planted;
  const args = planted.args?.(scene) ?? {};
  const { findings } = await scene.preflight(args);
  assert.deepEqual(verdicts(findings), { ...clean, ...finds });
  const [first = ""] = Object.keys(finds);
  const { verdict, sentence, remedy = [] } = findings.find((each) => keyOf(each) === first) ?? assert.fail(first);
  assert.match(sentence, says);
  if (verdict !== "unknown") assert.match(remedy.map(({ text }) => text).join("\n"), advises);
  if (byHand === "the lab cannot") return;
  if (byHand) await byHand(scene);
  else await carryOut(remedy, scene, { filledIn, inWords });
  assert.deepEqual(verdicts((await scene.preflight(byHand ? {} : args)).findings), clean);
}

describe("a preflight", function () {
  this.timeout(60_000);

  describe("on a lab in which all is set up but the link", () => {
    let scene: PreflightScene;
    let clean: Verdicts;
    before(async () => {
      scene = await startClean();
    });
    after(() => scene?.close());

    it("finds nothing wrong", async () => {
      const { findings, counts } = await scene.preflight();
      assert.deepEqual(
        findings.filter(({ verdict }) => verdict !== "passed"),
        [],
      );
      assert.ok(counts.passed > 40 && counts.passed === findings.length);
      clean = verdicts(findings);
    });

    for (const planted of onOneLab)
      it(`finds this alone, and not after its remedy: ${planted.problem}`, async () => {
        await planted.plant(scene);
        await expectFound(scene, planted, clean);
        await planted.after?.(scene);
      });
  });

  describe("on a lab in which nothing is set up", () => {
    let clean: Verdicts;
    before(async () => {
      const scene = await start();
      const { findings } = await scene.preflight();
      assert.ok(findings.every(({ verdict }) => verdict === "passed"));
      clean = verdicts(findings);
      await scene.close();
    });

    for (const planted of withOptions)
      it(`finds this alone, and not after its remedy: ${planted.problem}`, async () => {
        const scene = await start(planted.options);
        try {
          await planted.plant(scene);
          await expectFound(scene, planted, clean);
        } finally {
          await scene.close();
        }
      });
  });

  it("was tried with more than forty problems", () => assert.ok(onOneLab.length + withOptions.length >= 60));
});
