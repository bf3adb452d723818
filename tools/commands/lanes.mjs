/**
 * The tests by what they need and what they cost. Each belongs to the first lane whose folder it is in.
 * @typedef {object} Lane
 * @property {string} folder
 * @property {"file" | "folder" | "lane"} process what has a process of its own
 * @property {boolean} [needsEngine]
 * @property {NodeJS.ProcessEnv} [env] more of it for these tests
 */

/**
 * In the order in which they begin: the long ones first, and those that mostly wait beside those that reckon.
 * @type {readonly Lane[]}
 */
const lanes = [
  { folder: "tests/provider", process: "folder" },
  { folder: "tests/matrix", process: "file", needsEngine: true },
  { folder: "tests/engine", process: "file", needsEngine: true },
  { folder: "tests/preflight", process: "folder" },
  { folder: "tests/cli", process: "file" },
  { folder: "lab/tests/hostile", process: "lane" },
  { folder: "lab/tests/needs", process: "lane" },
  { folder: "lab/tests", process: "folder" },
  { folder: "lab/clients", process: "lane" },
  { folder: "tests", process: "folder" },
];

/**
 * Tests that run in one process.
 * @typedef {{ readonly name: string, readonly files: readonly string[], readonly needsEngine: boolean, readonly env: NodeJS.ProcessEnv }} Group
 */

/**
 * @param {string} file
 * @param {string} folder
 */
export const isIn = (file, folder) => file === folder || file.startsWith(`${folder}/`);

/**
 * @param {string} file
 * @returns {Lane}
 */
function laneOf(file) {
  const lane = lanes.find(({ folder }) => isIn(file, folder));
  if (!lane) throw new Error(`${file} is in no lane of tools/commands/lanes.mjs`);
  return lane;
}

/**
 * In each lane those with the most files come first.
 * @param {readonly string[]} files sources of tests
 * @returns {readonly Group[]}
 */
export function groupsOf(files) {
  const place = (/** @type {string} */ file) => lanes.indexOf(laneOf(file));
  const byName = Map.groupBy(
    files.toSorted((a, b) => place(a) - place(b)),
    (file) => {
      const lane = laneOf(file);
      return { file, folder: file.slice(0, file.lastIndexOf("/")), lane: lane.folder }[lane.process];
    },
  );
  const laneIn = (/** @type {readonly string[]} */ [first = ""]) => place(first);
  return [...byName]
    .sort(([, a], [, b]) => laneIn(a) - laneIn(b) || b.length - a.length)
    .map(([name, members]) => oneGroup(name, members));
}

/**
 * @param {string} name
 * @param {readonly string[]} files
 * @returns {Group}
 */
export function oneGroup(name, files) {
  const its = files.map(laneOf);
  return {
    name,
    files: files.toSorted(),
    needsEngine: its.some(({ needsEngine }) => needsEngine),
    env: Object.assign({}, ...its.map(({ env }) => env)),
  };
}
