/// <reference lib="dom" />
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import type { Browser, Page } from "playwright-core";
import { reportPage } from "#provider/cli/report/report-page";
import { linkStatus } from "#provider/cli/status/index";
import { type LookOptions, lookOnce } from "#provider/cli/status/look-options";
import type { LinkStatus, Status } from "#provider/cli/status/status-data";
import { textOf } from "#provider/cli/status/status-text";
import { disconnectAll } from "#provider/sql-server/connection";
import { accessibilityFaults, layoutFaults, startBrowser } from "../support/browser-page";
import { callOf } from "../support/calls";
import { cliMain, runCli } from "../support/command-line";
import { type LinkEstate, startLinkEstate } from "../support/link-estate";

describe("mi-link status and report of 30 links, eight of them broken", function () {
  this.timeout(120_000);
  let estate: LinkEstate;
  let environment: NodeJS.ProcessEnv;
  let folder: string;
  let state: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "mi-link-status-"));
    state = join(folder, "state.json");
    estate = await startLinkEstate();
    await writeFile(state, estate.state);
    await estate.break();
    environment = { ...process.env };
    Object.assign(process.env, estate.env, { SQL_SERVER_PASSWORD: estate.lab.ready.sqlServers[0]?.password });
  });
  after(async () => {
    process.env = environment;
    await disconnectAll();
    await estate?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** The options that reach one of the SQL Servers. */
  function serverOptions(index: number): Partial<LookOptions> {
    const { host = "", port, user = "" } = estate.lab.ready.sqlServers[index] ?? {};
    return { sqlServer: host, port, user, caFile: estate.lab.ready.caFile };
  }
  const instanceId = (index: number) => estate.lab.ready.managedInstances[index]?.id ?? "";

  /** As the command does it, in this process: the first test shows that the command does just that. */
  const statusOf = (options: Partial<LookOptions>): Promise<Status> =>
    lookOnce(options as LookOptions, new AbortController().signal);
  const named = ({ links }: Status, name: string) => {
    const link = links.find((one) => one.name === name);
    assert.ok(link, name);
    return link;
  };

  it("names each with its cause, and what to do about it", async () => {
    const since = estate.lab.journal.entries.length;
    const { code, stdout, stderr } = await runCli(["--json", "status", "--state", state], estate.env);
    assert.equal(code, 1, stderr);
    const status: Status = JSON.parse(stdout);
    const causes: Readonly<Record<string, RegExp>> = {
      DAG_db2: /^the data movement of the database db2 is suspended on sqlserver1 \(SUSPEND_FROM_USER\)$/,
      DAG_db3: /^the managed instance sqlmi1 has no link DAG_db3, though sqlserver1 has its groups$/,
      DAG_db4: /^sqlserver1 has no distributed availability group DAG_db4$/,
      DAG_sqlserver2_db26: /^sqlserver2 and the managed instance sqlmi1 are not connected$/,
      DAG_sqlserver3_db27:
        /^the certificate Cert_sqlserver3_endpoint of sqlserver3, which its endpoint shows, expired on/,
      DAG_sqlserver4_db28: /^the mirroring endpoint database_mirroring_endpoint of sqlserver4 is STOPPED$/,
      DAG_sqlserver5_db29: /^the managed instance sqlmi1 does not have the certificate Cert_sqlserver5_endpoint that/,
      DAG_sqlserver6_db30: /^the managed instance sqlmi2 is in the state Stopped$/,
    };
    assert.equal(status.links.length, 30);
    for (const { name, health, problems } of status.links) {
      const cause = causes[name];
      assert.equal(health, cause ? "Broken" : name === "DAG_db7" ? "Copying" : "Healthy", name);
      assert.equal(problems.length, cause ? 1 : 0, JSON.stringify(problems));
      if (!cause) continue;
      assert.match(problems[0]?.what ?? "", cause);
      assert.ok(problems[0]?.cause && problems[0].remedy, name);
    }
    assert.match(named(status, "DAG_sqlserver2_db26").problems[0]?.cause ?? "", /^the network between the two is cut/);

    const calls = estate.lab.journal.entries.slice(since).flatMap((entry) => callOf(entry) ?? []);
    assert.ok(calls.length > 50);
    assert.deepEqual(
      calls.filter(({ changes }) => changes),
      [],
    );
  });

  it("tells of a copy how far it is, how fast, and how long it will take; and of the others how far they are behind", async () => {
    const { databases } = named(await statusOf({ state }), "DAG_db7");
    const { percent = -1, totalBytes, bytesPerSecond, secondsLeft = 0, attempt } = databases[0]?.seeding ?? {};
    assert.deepEqual([totalBytes, bytesPerSecond, attempt], [20 * 2 ** 30, 64 * 2 ** 20, 1]);
    assert.ok(percent >= 0 && percent < 30 && secondsLeft > 200 && secondsLeft <= 320, `${percent} ${secondsLeft}`);
    const healthy: LinkStatus = JSON.parse(JSON.stringify(named(await statusOf({ state }), "DAG_db1")));
    assert.deepEqual(
      { ...healthy, databases: healthy.databases.map(({ lastCommitAt, ...others }) => others) },
      {
        name: "DAG_db1",
        health: "Healthy",
        state: "replicates",
        sqlServer: "sqlserver1",
        partnerEndpoint: `TCP://${estate.lab.ready.sqlServers[0]?.host}:5022`,
        managedInstance: "sqlmi1",
        primary: "SQL Server",
        connected: true,
        mode: "Async",
        databases: [
          {
            name: "db1",
            synchronization: "SYNCHRONIZING",
            replicaState: "LinkSynchronizing",
            suspended: false,
            lagSeconds: 0,
            sendQueueKilobytes: 0,
            redoQueueKilobytes: 0,
          },
        ],
        problems: [],
      },
    );
  });

  it("asks a server and an instance as often for 25 links as for one", async () => {
    const since = estate.lab.journal.entries.length;
    await statusOf({ state });
    const asked = estate.lab.journal.entries.slice(since);
    const statements = (server: string) =>
      asked.filter((entry) => entry.kind === "statement" && entry.instance === server).length;
    const requests = (instance: string) =>
      asked.filter(
        (entry) =>
          entry.kind === "request" &&
          new RegExp(`/managedInstances/${instance}(?!\\d|.*operation)`, "i").test(entry.path),
      ).length;
    assert.equal(statements("sqlserver1"), statements("sqlserver2"));
    assert.ok(statements("sqlserver1") <= 13, `${statements("sqlserver1")} batches`);
    assert.equal(requests("sqlmi1"), 4);
    assert.equal(requests("sqlmi2"), 3);
  });

  it("shows one side alone, and says of it what it can", async () => {
    const onServer = await statusOf(serverOptions(0));
    assert.equal(onServer.links.length, 24, "DAG_db4 is not there");
    const { health, managedInstance, databases } = named(onServer, "DAG_db1");
    assert.deepEqual([health, managedInstance, databases[0]?.name], ["Healthy", "sqlmi1", "db1"]);
    assert.match(named(onServer, "DAG_db2").problems[0]?.what ?? "", /suspended/);

    const inAzure = await statusOf({ managedInstance: [instanceId(0), instanceId(1)] });
    assert.equal(inAzure.links.length, 29, "DAG_db3 is not there");
    assert.equal(named(inAzure, "DAG_db1").health, "Healthy");
    assert.match(named(inAzure, "DAG_db7").state, /^\d+ % copied$/);
    assert.deepEqual(named(inAzure, "DAG_sqlserver4_db28").problems[0]?.code, 41976);

    const one = await statusOf({ ...serverOptions(0), managedInstance: [instanceId(0)], link: ["DAG_db1"] });
    assert.deepEqual(
      one.links.map(({ name }) => name),
      ["DAG_db1"],
    );
  });

  it("is a function for programs too, that leaves nothing open", async () => {
    const { host = "", port, user } = estate.lab.ready.sqlServers[0] ?? {};
    const server = { host, port, user, caFile: estate.lab.ready.caFile, credential: "env:SQL_SERVER_PASSWORD" };
    const args = { sqlServers: [server], managedInstances: [instanceId(0)], links: ["DAG_db1", "DAG_db2"] };
    const { links } = await linkStatus(args);
    assert.deepEqual(
      links.map(({ name, health }) => [name, health]),
      [
        ["DAG_db1", "Healthy"],
        ["DAG_db2", "Broken"],
      ],
    );
  });

  it("says what the login may not see, and shows the rest", async () => {
    const console = estate.consoles[1];
    await console?.query("CREATE LOGIN watcher WITH PASSWORD = 'Only-looks-1'");
    const credential = "env:MI_LINK_TEST_WATCHER";
    process.env.MI_LINK_TEST_WATCHER = "Only-looks-1";
    const options = { ...serverOptions(1), user: "watcher", credential, managedInstance: [instanceId(0)] };
    const blind = await statusOf(options);
    const told = blind.sqlServers[0]?.problems ?? [];
    assert.deepEqual(
      told.map(({ level, remedy }) => [level, remedy]),
      [
        ["unread", "run as an administrator: GRANT VIEW ANY DEFINITION TO [watcher]"],
        ["unread", "run as an administrator: GRANT VIEW SERVER STATE TO [watcher]"],
      ],
    );
    assert.match(told[1]?.what ?? "", /could not be read: states of replicas, lag and queues, progress of copies/);
    assert.equal(named(blind, "DAG_db1").health, "Healthy", "as Azure tells");
    assert.doesNotMatch(JSON.stringify(blind.links), /has no distributed availability group/);

    for (const right of ["VIEW ANY DEFINITION", "VIEW SERVER STATE"]) await console?.query(`GRANT ${right} TO watcher`);
    const seeing = await statusOf(options);
    assert.deepEqual(seeing.sqlServers[0]?.problems, []);
    assert.match(named(seeing, "DAG_sqlserver2_db26").problems[0]?.cause ?? "", /network between the two is cut/);
  });

  it("says what does not answer, and shows the rest", async () => {
    estate.lab.faults.add({
      on: "request",
      method: "GET",
      matching: "serverTrustCertificates",
      answer: { status: 403, code: "AuthorizationFailed", message: "The client may not read them." },
    });
    const options = { ...serverOptions(3), port: 1, managedInstance: [instanceId(0)] };
    const status = await statusOf({ ...options, link: ["DAG_sqlserver4_db28"] });
    const { sqlServers, managedInstances, links } = status;
    assert.equal(sqlServers[0]?.problems[0]?.code, "ECONNREFUSED");
    assert.match(sqlServers[0]?.problems[0]?.remedy ?? "", /^check --sql-server and --port with/);
    assert.deepEqual(
      textOf(status, { width: 120, stream: process.stdout })
        .match(/(?<=^ {2}More: ).*/gm)
        ?.toSorted(),
      ["41976", "AuthorizationFailed", "ECONNREFUSED"].map(
        (entry) => `npx mi-link errors ${entry} (docs/errors.md#${entry.toLowerCase()})`,
      ),
    );
    assert.equal(managedInstances[0]?.problems[0]?.code, "AuthorizationFailed");
    assert.match(managedInstances[0]?.problems[0]?.what ?? "", /^the certificates that .* trusts could not be listed$/);
    assert.match(links[0]?.problems[0]?.cause ?? "", /does not answer from here either/);
  });

  it("reads no secret aloud, and says what of a state it cannot read", async () => {
    const status = await statusOf({ state });
    const told = `${JSON.stringify(status)}${textOf(status, { width: 160, stream: process.stdout })}`;
    for (const { password } of estate.lab.ready.sqlServers) assert.ok(!told.includes(password));
    const closed = join(folder, "closed.json");
    await writeFile(closed, estate.state.replaceAll('"plaintext"', '"ciphertext"'));
    const { links, problems } = await statusOf({ state: closed });
    assert.match(problems[0]?.cause ?? "", /password is encrypted/);
    assert.equal(named({ links } as Status, "DAG_db1").health, "Healthy", "as Azure tells");
  });

  it("refuses a wrong command line", async () => {
    for (const wrong of [
      [],
      ["--state", state, "--managed-instance", instanceId(0)],
      ["--state", state, "--stack"],
      ["--interval", "0"],
    ]) {
      const { code, stderr } = await runCli(["status", ...wrong], estate.env);
      assert.equal(code, 2, stderr);
      assert.match(stderr, /^error: /m);
    }
    const missing = await runCli(["status", "--state", join(folder, "none.json")], estate.env);
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /Could not read the state in .*none\.json\.\n {2}Likely cause: ENOENT/);
  });

  it("fits a terminal of any width, and moves no cursor with a name", async () => {
    const status = await statusOf({ state });
    for (const width of [40, 80, 132, 200]) {
      const text = textOf(status, { width, stream: process.stdout });
      for (const line of text.split("\n").map(stripVTControlCharacters)) {
        const longest = Math.max(
          ...line
            .trim()
            .split(" ")
            .map((word) => word.length),
        );
        assert.ok(line.length <= width || line.trim().length === longest, `${line.length} of ${width}: ${line}`);
      }
      for (const { name } of status.links) assert.ok(text.includes(name));
      assert.match(
        text.replaceAll(/\s+/g, " "),
        /Certificates end \(UTC\): sqlserver1 \S+, sqlserver2 \S+, sqlserver3 \S+ \(expired\), .*sqlmi1 \d/,
      );
    }
    const [link] = status.links;
    assert.ok(link);
    const hostile = { ...status, links: [{ ...link, name: "a\u001b[2J\nb\u202e" }] };
    const text = textOf(hostile, { width: 80, stream: process.stdout });
    assert.doesNotMatch(text.replaceAll("\n", ""), /[\p{Cc}\u202e]/u);
  });

  describe("--watch", () => {
    const running = () =>
      spawn(
        process.execPath,
        [cliMain, "status", "--state", state, "--watch", "--interval", "1", "--log", join(folder, "log")],
        {
          env: { ...process.env, ...estate.env },
        },
      );

    it("writes a line a look and one for each link that changes, and a log, until Ctrl-C", async () => {
      const child = running();
      let stdout = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
      });
      const looks = async (count: number) => {
        while (stdout.split(/links: /).length <= count) await delay(20);
      };
      const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
      await looks(1);
      await estate.consoles[3]?.query("ALTER ENDPOINT database_mirroring_endpoint STATE = STARTED");
      await looks(3);
      child.kill("SIGINT");
      assert.equal(await closed, 1, "something is wrong still");
      await estate.consoles[3]?.query("ALTER ENDPOINT database_mirroring_endpoint STATE = STOPPED");
      assert.match(
        stdout,
        /UTC: 30 links: 21 healthy, 1 copying, 8 broken\.\n {2}DAG_db2: Broken, suspended: the data/,
      );
      assert.match(
        stdout,
        /UTC: 30 links: 22 healthy, 1 copying, 7 broken\.\n {2}DAG_sqlserver4_db28: Healthy, replicates/,
      );
      const samples = (await readFile(join(folder, "log"), "utf8"))
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      assert.ok(samples.length >= 3);
      assert.deepEqual(
        samples[0].links.find(({ name }: { name: string }) => name === "DAG_db1"),
        {
          name: "DAG_db1",
          sqlServer: "sqlserver1",
          managedInstance: "sqlmi1",
          health: "Healthy",
          lagSeconds: 0,
          queueKilobytes: 0,
        },
      );
    });

    it("writes one JSON document in a line for each look", async () => {
      const args = ["--json", "status", "--state", state, "--watch", "--interval", "1"];
      const child = spawn(process.execPath, [cliMain, ...args], { env: { ...process.env, ...estate.env } });
      let stdout = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
      });
      const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
      while (stdout.split("\n").length < 3) await delay(20);
      child.kill("SIGTERM");
      assert.equal(await closed, 1);
      const looks: Status[] = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      assert.ok(looks.length >= 2 && looks.every(({ links }) => links.length === 30));
    });

    it("draws a terminal anew in place, and gives the cursor back on Ctrl-C", async () => {
      const command = [process.execPath, cliMain, "status", "--state", state, "--watch", "--interval", "1"].join(" ");
      const args =
        process.platform === "linux"
          ? ["-qefc", `stty cols 60 rows 20; exec ${command}`, "/dev/null"]
          : ["-q", "/dev/null", "sh", "-c", command];
      const child = spawn("script", args, { env: { ...process.env, ...estate.env, NO_COLOR: "1" } });
      let screen = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        screen += text;
      });
      const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
      while (screen.split("more lines when this ends").length <= 2) await delay(20);
      child.stdin.write("\u0003");
      assert.equal(await closed, 1);
      assert.ok(screen.startsWith("\u001b[?1049h\u001b[?25l"), "another screen, no cursor");
      const [frames = "", rest = ""] = screen.split("\u001b[?25h\u001b[?1049l");
      assert.match(rest, /30 links: 21 healthy/, "what was seen last stays");
      const [first = "", ...others] = frames.split("\u001b[H").slice(2);
      assert.ok(others.length > 0);
      for (const frame of [first, ...others]) {
        const lines = frame.split("\r\n");
        assert.ok(lines.length <= 20, `${lines.length} lines`);
        for (const line of lines) assert.ok(stripVTControlCharacters(line).length <= 60, line);
      }
      assert.match(first, /DAG_db2/, "what is broken comes first");
    });
  });

  describe("the report", () => {
    let browser: Browser;
    let file: string;
    before(async () => {
      browser = await startBrowser();
      file = join(folder, "report.html");
      await writeFile(join(folder, "links.log"), `${logOf(await statusOf({ state })).join("\n")}\n{"at":"2026-`);
      const args = ["report", "--state", state, "--out", file, "--log", join(folder, "links.log")];
      const { code, stdout, stderr } = await runCli(args, estate.env);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /30 links: 21 healthy, 1 copying, 8 broken\.\nWritten: .*report\.html\n$/);
    });
    after(() => browser?.close());

    it("is one page without scripts that fetches nothing, and tells what is wrong with each link and what to do", async () => {
      const text = await readFile(file, "utf8");
      assert.match(text, /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-/);
      assert.doesNotMatch(text, /<script|<link|<img|\ssrc=|\son\w+=|\sstyle=|@import|url\(/i);
      assert.ok(text.length < 300_000, `${text.length} characters`);
      for (const { password } of estate.lab.ready.sqlServers) assert.ok(!text.includes(password));
      await opened(browser, file, {}, async (page, asked) => {
        assert.deepEqual(asked, [pathToFileURL(file).href]);
        const problems = await page.locator(".problem").allInnerTexts();
        const { links } = await statusOf({ state });
        const broken = links.filter(({ health }) => health === "Broken");
        assert.equal(problems.length, 8);
        assert.ok(problems.some((told) => /npx mi-link errors 1474/.test(told)));
        for (const {
          name,
          problems: [problem],
        } of broken) {
          const told = problems.find((one) => one.includes(name));
          assert.ok(told, name);
          const explained = problem?.entry === undefined ? [] : [`npx mi-link errors ${problem.entry}`];
          for (const part of [problem?.cause, problem?.remedy, ...explained])
            assert.ok(told.includes(part ?? "-"), `${name}: ${part}`);
        }
        assert.match(
          (await page.locator("#time ~ p").textContent()) ?? "",
          /^241 looks from .* Lines of the log that could not be read: 1\./,
        );
      });
    });

    for (const [width, colorScheme] of [
      [1280, "light"],
      [1280, "dark"],
      [768, "light"],
      [360, "light"],
      [360, "dark"],
    ] as const)
      it(`is whole and legible, ${width} pixels wide, ${colorScheme}`, async () => {
        await opened(browser, file, { viewport: { width, height: 900 }, colorScheme }, async (page) => {
          await shot(page, `report-${width}-${colorScheme}`);
          assert.deepEqual(await layoutFaults(page), []);
          assert.deepEqual(await accessibilityFaults(page), []);
          assert.equal(await backgroundOf(page), colorScheme === "dark" ? "rgb(13, 17, 23)" : "rgb(255, 255, 255)");
        });
      });

    it("prints black on white, with all that can be unfolded", async () => {
      // The width of A4 without margins.
      await opened(browser, file, { viewport: { width: 718, height: 1000 }, colorScheme: "dark" }, async (page) => {
        await page.emulateMedia({ media: "print" });
        await shot(page, "report-print");
        assert.equal(await backgroundOf(page), "rgb(255, 255, 255)");
        assert.deepEqual(await layoutFaults(page), []);
        assert.ok(await page.locator("details td").first().isVisible());
        assert.ok((await page.pdf({ format: "A4" })).length > 10_000);
      });
    });

    it("is gone through with the keyboard, graphs too: each line leads to its link", async () => {
      await opened(browser, file, {}, async (page) => {
        await page.keyboard.press("Tab");
        const skip = page.locator(".skip");
        assert.ok(await skip.evaluate((element) => element === document.activeElement));
        assert.ok((await skip.boundingBox())?.x ?? -1 > 0, "it is seen when it has the focus");
        const line = page.locator("figure").nth(1).locator("a").first();
        await line.focus();
        assert.match(
          (await line.getAttribute("aria-label")) ?? "",
          /^DAG_\w+ \(sqlserver\d\): .* at last, .* at most$/,
        );
        await page.keyboard.press("Enter");
        assert.match(page.url(), /#link-\d+$/);
        const target = (await page.locator(new URL(page.url()).hash).textContent()) ?? "";
        assert.ok(target.startsWith(((await line.getAttribute("aria-label")) ?? "").split(" ")[0] ?? "-"), target);
      });
    });

    it("shows names as they are, whatever they hold", async () => {
      const status = await statusOf({ state });
      const evil = [
        "<script>document.title='owned'</script>",
        "</style><img src=x onerror=\"document.title='owned'\">",
        '" onfocus="document.title=\'owned\'" autofocus x="',
        "javascript:document.title='owned'",
        `${"W".repeat(127)}!`,
        "\u202eback\u0007wards & 'quoted'",
      ];
      const links = status.links.map((link, i): LinkStatus => {
        const name = evil[i % evil.length] ?? "";
        const problems = link.problems.map((problem) => ({
          ...problem,
          what: `${problem.what} ${name}`,
          remedy: name,
        }));
        return {
          ...link,
          name: `${name}${i}`,
          sqlServer: name,
          managedInstance: name,
          state: name,
          problems,
          databases: link.databases.map((one) => ({ ...one, name })),
        };
      });
      const hostile: Status = { ...status, links };
      const path = join(folder, "hostile.html");
      const samples = logOf(hostile).map((line) => JSON.parse(line));
      await writeFile(path, await reportPage(hostile, { samples, unreadable: 0 }));
      for (const width of [1280, 360])
        await opened(browser, path, { viewport: { width, height: 900 } }, async (page, asked) => {
          await shot(page, `report-hostile-${width}`);
          assert.match(await page.title(), /^Links to managed instances/);
          assert.equal(asked.length, 1);
          for (const name of evil.slice(0, 5)) assert.ok((await page.textContent("body"))?.includes(name), name);
          // What is longer than a word has to be broken somewhere.
          const faults = (await layoutFaults(page)).filter((fault) => !fault.startsWith("broken in the middle"));
          assert.deepEqual(faults, []);
        });
    });

    it("loses no peak of a long log, and stays small", async () => {
      const status = await statusOf({ state });
      const samples = Array.from({ length: 5001 }, (_, i) => ({
        at: new Date(Date.UTC(2026, 0, 1) + i * 20_000).toISOString(),
        links: status.links.map(({ name, sqlServer, managedInstance, health }, k) => ({
          name,
          sqlServer,
          managedInstance,
          health,
          lagSeconds: i === 777 && k === 20 ? 5400 : (i + k) % 7,
        })),
      }));
      const text = await reportPage(status, { samples, unreadable: 0 });
      assert.ok(text.length < 1_000_000, `${text.length}`);
      assert.match(text, /DAG_<wbr>db21.*?<td class="number">\d s<\/td><td class="number">90 min<\/td>/);
    });

    it("says so where nothing was recorded or found", async () => {
      const nothing: Status = {
        at: "2026-11-27T20:00:00.000Z",
        links: [],
        sqlServers: [],
        managedInstances: [],
        problems: [],
      };
      const path = join(folder, "nothing.html");
      await writeFile(path, await reportPage(nothing, undefined));
      await opened(browser, path, {}, async (page) => {
        const text = (await page.textContent("main")) ?? "";
        for (const told of [
          "Nothing is wrong.",
          "No links were found.",
          "No certificate could be read.",
          "Nothing was recorded.",
        ])
          assert.ok(text.includes(told), told);
        assert.deepEqual(await accessibilityFaults(page), []);
      });
    });
  });
});

/** A value that goes up and down, in another way for each link. */
const wave = (i: number, k: number, highest: number): number =>
  Math.round(((1 + Math.sin(i / 20 + k)) / 2) * highest * (0.2 + (k % 7) / 10));

/** Four hours of looks, of which the last hour of some links is missing. */
function logOf({ at, links }: Status): string[] {
  return Array.from({ length: 241 }, (_, i) =>
    JSON.stringify({
      at: new Date(Date.parse(at) - (240 - i) * 60_000).toISOString(),
      links: links.map(({ name, sqlServer, managedInstance, health }, k) => ({
        name,
        sqlServer,
        managedInstance,
        health,
        ...(health === "Broken" && i > 180 ? {} : { lagSeconds: wave(i, k, 40), queueKilobytes: wave(i, k, 9000) }),
        ...(k === 6 ? { percent: i / 3 } : {}),
      })),
    }),
  );
}

type PageOptions = NonNullable<Parameters<Browser["newPage"]>[0]>;

/** Opens a page, and closes it after the look at it. What it asks for and says is kept. */
async function opened(
  browser: Browser,
  file: string,
  options: PageOptions,
  look: (page: Page, asked: readonly string[]) => Promise<void>,
): Promise<void> {
  const page = await browser.newPage(options);
  try {
    const asked: string[] = [];
    const said: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    page.on("console", (message) => said.push(message.text()));
    page.on("dialog", (dialog) => said.push(dialog.message()));
    await page.goto(pathToFileURL(file).href);
    await look(page, asked);
    assert.deepEqual(said, []);
  } finally {
    await page.close();
  }
}

const backgroundOf = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

/** Keeps a picture for people to look at, in the folder that MI_LINK_SCREENSHOTS names. */
async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env.MI_LINK_SCREENSHOTS;
  if (!folder) return;
  const { width, height } = await page.evaluate(() => {
    const { clientWidth, scrollHeight } = document.documentElement;
    return { width: clientWidth, height: scrollHeight };
  });
  // No picture is so high that Chromium refuses it.
  for (let y = 0, part = 1; y < height; y += 2000, part++) {
    const clip = { x: 0, y, width, height: Math.min(2000, height - y) };
    await page.screenshot({ path: join(folder, `${name}-${part}.png`), fullPage: true, clip });
  }
}
