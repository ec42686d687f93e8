// What users of a NATS client rely on: node scenarios.mjs CLIENT SCENARIO URL
// Each scenario ends well or throws. CLIENT is "nats" or "@nats-io/transport-node": two generations with nearly one API.
// A line RESTART on standard output asks whoever started this to restart the broker.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";

const [client, scenario, url] = process.argv.slice(2);
const nats = await import(client);
const encoder = new TextEncoder();
const bytes = (text) => encoder.encode(text);

async function connected(options = {}) {
  return nats.connect({ servers: url, reconnectTimeWait: 50, maxReconnectAttempts: -1, ...options });
}

// so many messages of a subscription, as text
async function take(subscription, count) {
  const taken = [];
  if (count === 0) return taken;
  for await (const message of subscription) {
    taken.push(message.string());
    if (taken.length === count) break;
  }
  return taken;
}

async function until(condition) {
  while (!condition()) await pause(5);
}

const scenarios = {
  async request(a, b) {
    b.subscribe("service", { callback: (_, message) => message.respond(bytes("re:" + message.string())) });
    await b.flush();
    const answers = await Promise.all([1, 2, 3].map((i) => a.request("service", bytes("q" + i), { timeout: 20000 })));
    assert.deepEqual(answers.map((each) => each.string()), ["re:q1", "re:q2", "re:q3"]);
    const own = await a.request("service", bytes("x"), { timeout: 20000, noMux: true, reply: nats.createInbox() });
    assert.equal(own.string(), "re:x");
  },

  async noResponders(a) {
    await assert.rejects(a.request("nobody", bytes("?"), { timeout: 20000 }), (error) => {
      assert.match(`${error.code} ${error.name} ${error.message}`, /503|no ?responders/i);
      return true;
    });
  },

  async headers(a, b) {
    const heard = b.subscribe("h.*", { max: 2 });
    await b.flush();
    const headers = nats.headers();
    headers.append("Colour", "red");
    headers.append("Colour", "blue");
    headers.set("empty", "");
    a.publish("h.1", bytes("x"), { headers, reply: "answer.here" });
    a.publish("h.2", undefined, { headers });
    const messages = [];
    for await (const message of heard) messages.push(message);
    assert.deepEqual(messages[0].headers.values("Colour"), ["red", "blue"]);
    assert.equal(messages[0].headers.get("empty"), "");
    assert.equal(messages[0].reply, "answer.here");
    assert.deepEqual(messages.map((each) => each.string()), ["x", ""]);
  },

  async wildcards(a, b) {
    const heard = { "w.*": [], "w.>": [], "w.*.c": [], "*.b.c": [], "w.b": [] };
    for (const subject of Object.keys(heard)) {
      b.subscribe(subject, { callback: (_, message) => heard[subject].push(message.subject) });
    }
    await b.flush();
    for (const subject of ["w", "w.b", "w.b.c", "x.b.c", "w.x"]) a.publish(subject);
    await a.flush();
    await b.flush();
    assert.deepEqual(heard, {
      "w.*": ["w.b", "w.x"],
      "w.>": ["w.b", "w.b.c", "w.x"],
      "w.*.c": ["w.b.c"],
      "*.b.c": ["w.b.c", "x.b.c"],
      "w.b": ["w.b"],
    });
  },

  async queueGroups(a, b) {
    const counts = [0, 0, 0];
    let all = 0;
    counts.forEach((_, i) => (i === 0 ? a : b).subscribe("q.*", { queue: "g", callback: () => counts[i]++ }));
    b.subscribe("q.>", { callback: () => all++ });
    await a.flush();
    await b.flush();
    for (let i = 0; i < 3000; i++) a.publish("q." + i);
    await a.flush();
    await b.flush();
    await until(() => all === 3000 && counts[0] + counts[1] + counts[2] === 3000);
    counts.forEach((each) => assert.ok(each > 700 && each < 1300, `uneven: ${counts}`));
  },

  async unsubscribeAfter(a, b) {
    const early = b.subscribe("u", { max: 3 });
    const late = b.subscribe("u");
    let seen = 0;
    const manual = b.subscribe("u", { callback: () => { if (++seen === 2) manual.unsubscribe(5); } });
    const gone = b.subscribe("u", { callback: () => assert.fail("unsubscribed") });
    gone.unsubscribe();
    await b.flush();
    for (let i = 0; i < 10; i++) a.publish("u", bytes(String(i)));
    await a.flush();
    assert.deepEqual(await take(early, 10), ["0", "1", "2"]);
    assert.deepEqual(await take(late, 10), [..."0123456789"]);
    await b.flush();
    assert.equal(seen, 5);
  },

  async echo(a) {
    const silent = await connected({ noEcho: true });
    let own = 0;
    silent.subscribe("e", { callback: () => own++ });
    await silent.flush();
    silent.publish("e");
    a.publish("e");
    await silent.flush();
    await a.flush();
    await until(() => own > 0);
    await silent.flush();
    assert.equal(own, 1);
    await silent.close();
  },

  async strict(a) {
    const strict = await connected({ pedantic: true, verbose: true });
    const heard = strict.subscribe("v", { max: 1 });
    strict.publish("v", bytes("x"));
    assert.deepEqual(await take(heard, 1), ["x"]);
    await strict.drain();
  },

  async drain(a, b) {
    let handled = 0;
    b.subscribe("d", { queue: "g", callback: () => handled++ });
    const drained = b.subscribe("d", { callback: () => handled++ });
    await b.flush();
    for (let i = 0; i < 5000; i++) a.publish("d", bytes("x"));
    await a.flush();
    await drained.drain();
    await b.drain();
    assert.equal(handled, 10000);
    assert.ok(b.isClosed());
  },

  async reconnect(a, b) {
    const heard = [];
    b.subscribe("news.*", { callback: (_, message) => heard.push(message.string()) });
    b.subscribe("news.*", { queue: "g", callback: (_, message) => heard.push("q" + message.string()) });
    await b.flush();
    a.publish("news.1", bytes("before"));
    await until(() => heard.length === 2);
    const back = [a, b].map(reconnected);
    const input = createInterface({ input: process.stdin });
    console.log("RESTART");
    await once(input, "line");
    input.close();
    await Promise.all(back);
    await b.flush(); // with this the broker has the subscriptions
    a.publish("news.2", bytes("after"));
    await until(() => heard.length === 4);
    assert.deepEqual(heard.sort(), ["after", "before", "qafter", "qbefore"]);
  },

  async million(a, b) {
    const count = 1000000;
    let next = 0;
    const done = new Promise((resolve, reject) => {
      b.subscribe("m", {
        callback: (_, message) => {
          const number = Number(message.string());
          if (number !== next++) reject(new Error(`${number} came in place of ${next - 1}`));
          if (next === count) resolve();
        },
      });
    });
    await b.flush();
    const published = (async () => {
      for (let i = 0; i < count; i++) {
        a.publish("m", bytes(String(i)));
        if (i % 10000 === 0) await a.flush();
      }
      await a.flush();
    })();
    await Promise.all([done, published]);
  },

  async largePayloads(a, b) {
    const most = a.info.max_payload;
    assert.equal(most, 1024 * 1024);
    const sizes = [0, 1, 4095, 4096, 65536, 500000, most - 1, most];
    const heard = b.subscribe("large", { max: sizes.length });
    await b.flush();
    for (const size of sizes) a.publish("large", new Uint8Array(size).map((_, i) => i % 251));
    const arrived = [];
    for await (const message of heard) {
      assert.ok(message.data.every((each, i) => each === i % 251));
      arrived.push(message.data.length);
    }
    assert.deepEqual(arrived, sizes);
    assert.throws(() => a.publish("large", new Uint8Array(most + 1)), /payload/i);
  },

  async manySubscriptions(a, b) {
    const seen = new Set();
    const subscriptions = [];
    for (let i = 0; i < 10000; i++) {
      subscriptions.push(b.subscribe("many." + i, { callback: (_, message) => seen.add(message.subject) }));
    }
    await b.flush();
    for (let i = 0; i < 10000; i++) a.publish("many." + i);
    await a.flush();
    await until(() => seen.size === 10000);
    subscriptions.forEach((each) => each.unsubscribe());
    await b.flush();
  },
};

async function reconnected(connection) {
  for await (const status of connection.status()) {
    if (status.type === "reconnect") return;
  }
}

if (scenario === undefined) {
  console.log(Object.keys(scenarios).join("\n"));
} else {
  const both = [await connected({ name: "a" }), await connected({ name: "b" })];
  await scenarios[scenario](...both);
  await Promise.all(both.map((each) => each.close()));
}
