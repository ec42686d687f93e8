// How users of a NATS client prove who they are: node access.mjs CLIENT SCENARIO URL SECRET
// SECRET is a token, USER:PASSWORD, an nkey's seed, or files: CA:CERTIFICATE:KEY. Each scenario ends well or throws.
import assert from "node:assert/strict";

const [client, scenario, url, secret] = process.argv.slice(2);
const nats = await import(client);
const [user, pass] = secret?.split(":") ?? [];
const [caFile, certFile, keyFile] = secret?.split(":") ?? [];
const bytes = (text) => new TextEncoder().encode(text);
const connected = (options) => nats.connect({ servers: url, ...options });

async function works(connection) {
  connection.subscribe("service", { callback: (_, message) => message.respond(message.data) });
  const large = new Uint8Array(700000).map((_, i) => i % 251);
  for (const data of [bytes("hello"), large]) {
    const answer = await connection.request("service", data, { timeout: 20000 });
    assert.deepEqual(new Uint8Array(answer.data), data);
  }
  await connection.close();
}

async function refused(options) {
  await assert.rejects(connected(options), (error) => {
    assert.match(`${error.code} ${error.name} ${error.message}`, /authorization/i);
    return true;
  });
}

const scenarios = {
  async token() {
    await works(await connected({ token: secret }));
    await refused({ token: secret + "x" });
    await refused({});
  },

  async password() {
    await works(await connected({ user, pass }));
    await refused({ user, pass: "x" + pass });
    await refused({ user: "nobody", pass });
    await refused({});
  },

  async nkey() {
    await works(await connected({ authenticator: nats.nkeyAuthenticator(bytes(secret)) }));
    const stranger = nats.nkeys.createUser();
    await refused({ authenticator: nats.nkeyAuthenticator(stranger.getSeed()) });
  },

  async tls() {
    await works(await connected({ tls: { caFile } }));
    await assert.rejects(connected({ tls: {} }), /certificate/i);
    await assert.rejects(connected({ tls: null }), /certificate|secure|tls/i);
  },

  async tlsFirst() {
    await works(await connected({ tls: { caFile, handshakeFirst: true } }));
  },

  async mutualTls() {
    await works(await connected({ tls: { caFile, certFile, keyFile } }));
    await assert.rejects(connected({ tls: { caFile }, timeout: 2000 }));
  },

  // may publish to "may" and subscribe to "may" and inboxes
  async permissions() {
    const connection = await connected({ user, pass });
    const errors = [];
    (async () => {
      for await (const status of connection.status()) {
        if (status.type === "error") errors.push(`${status.data} ${status.permissionContext?.subject} ${status.error?.message}`);
      }
    })();
    const forbidden = new Promise((resolve) => connection.subscribe("secret", { callback: (error) => error && resolve(error) }));
    assert.match(`${(await forbidden).code} ${(await forbidden).message}`, /permissions.violation/i);
    connection.publish("secret");
    await connection.flush();
    while (!errors.some((each) => /permissions.violation/i.test(each) || /publish/i.test(each))) {
      await connection.flush();
    }
    const heard = connection.subscribe("may", { max: 1 });
    connection.publish("may", bytes("still here"));
    for await (const message of heard) assert.equal(message.string(), "still here");
    await connection.close();
  },
};

await scenarios[scenario]();
