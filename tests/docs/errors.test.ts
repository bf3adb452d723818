import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { anchorOf, wholeCatalogue } from "#provider/errors/catalogue";
import { VisibleError } from "#provider/errors/visible-error";
import { errorsPage } from "#tools/reference/errors-page";
import { repositoryRoot } from "../support/repository";

const page = readFileSync(join(repositoryRoot, "docs", "errors.md"), "utf8");
const entries = Object.values(wholeCatalogue).flatMap((codes) => Object.keys(codes));
/** As a renderer of Markdown makes them: small letters, digits, hyphens for spaces, the rest left out. */
const anchors = [...page.matchAll(/^### (.+)$/gm)].map(([, heading = ""]) =>
  heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 _-]/g, "")
    .replaceAll(" ", "-"),
);

/** The tables of SQL Server's, the link's and Azure's errors in the documentation, without a trace flag and a year that look alike. */
const numbers = [
  102, 137, 156, 207, 208, 229, 262, 297, 300, 574, 911, 976, 1408, 1412, 1418, 1464, 1465, 1466, 1467, 1468, 1469,
  1474, 1475, 1478, 1486, 1488, 2812, 3014, 3853, 4035, 4060, 7860, 7861, 7862, 7863, 7869, 7873, 7874, 7890, 8992,
  9002, 9692, 11001, 15151, 15187, 15208, 15212, 15213, 15214, 15215, 15232, 15247, 15297, 15299, 15315, 15334, 15342,
  15352, 15530, 15559, 15563, 15578, 15580, 15581, 18452, 18456, 19494, 19495, 19496, 19497, 19498, 19499, 19501, 19502,
  19503, 19504, 19506, 19507, 19508, 19509, 19510, 19511, 19512, 19513, 33042, 35102, 35103, 35104, 35200, 35201, 35202,
  35204, 35206, 35208, 35209, 35211, 35214, 35215, 35220, 35221, 35222, 35224, 35230, 35231, 35232, 35234, 35235, 35236,
  35237, 35238, 35244, 35249, 35250, 35251, 35259, 35261, 35267, 35277, 35280, 35281, 35282, 35284, 41042, 41100, 41106,
  41114, 41131, 41140, 41142, 41148, 41152, 41153, 41156, 41158, 41159, 41171, 41178, 41186, 41187, 41190, 41191, 41196,
  41197, 41198, 41199, 41937, 41938, 41939, 41947, 41948, 41949, 41950, 41951, 41952, 41954, 41961, 41962, 41963, 41964,
  41965, 41968, 41969, 41970, 41973, 41974, 41976, 41977, 41986, 47100, 47101, 47105, 47106, 47115, 47122, 47129, 47152,
  47500, 47501, 47502, 47503, 47504, 47505, 47506, 47507, 47508, 47509, 47510, 47511, 47512, 47513, 47514, 47515, 47516,
  47517, 47518, 47519, 47520, 47521, 47522,
];

describe("docs/errors.md", () => {
  it("is what the catalogue says: npm run docs", () => {
    assert.equal(page, errorsPage(wholeCatalogue));
  });

  it("has one place for each entry, and messages name it", () => {
    assert.deepEqual(anchors.toSorted(), entries.map(anchorOf).toSorted());
    assert.equal(new Set(anchors).size, anchors.length);
    const { message } = new VisibleError({ doing: "join the group", cause: "it is not reached." }, [35250]);
    assert.match(message, /\n {2}More: npx mi-link errors 35250 \(docs\/errors\.md#35250\)$/);
    const { message: ofProxy } = new VisibleError({ doing: "read it", cause: "a proxy.", entry: "HTTP 407" }, []);
    assert.match(ofProxy, /errors "HTTP 407" \(docs\/errors\.md#http-407\)$/);
  });

  it("knows every number of the lists that the project was built from", () => {
    const missing = numbers.filter((number) => !entries.includes(String(number)));
    assert.deepEqual(missing, []);
  });

  it("tells for each what it means and what to do, in sentences", () => {
    for (const [code, { cause, remedy }] of Object.values(wholeCatalogue).flatMap(Object.entries)) {
      assert.match(cause, /\.$/, code);
      assert.match(remedy, /[a-z]{2}/i, code);
      assert.doesNotMatch(remedy, /^see [^;,:]*:[^;]*$/, `${code}: it only looks`);
    }
  });
});
