package io.knit.plugin.nats.broker;

import io.knit.plugin.nats.broker.access.Accounts;
import io.knit.plugin.nats.broker.access.Permissions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/** Who may do what, once as nats-server's configuration and once as the embedded broker's. */
public enum AccessSetup {
    OPEN("", builder -> builder),
    TOKEN(
            "authorization { token: s3cret }",
            builder -> builder.access(Accounts.builder().token("s3cret").build())),
    HASHED_TOKEN(
            "authorization { token: \"" + bcrypt("2a", "s3cret") + "\" }",
            builder -> builder.access(
                    Accounts.builder().token(bcrypt("2a", "s3cret")).build())),
    HASHED_PASSWORDS(
            """
            authorization { users = [
              {user: a, password: "%s"}, {user: b, password: "%s"}, {user: y, password: "%s"}, {user: plain, password: p}
            ] }
            """.formatted(bcrypt("2a", "pa"), bcrypt("2b", "pb"), bcrypt("2y", "py")),
            builder -> builder.access(Accounts.builder()
                    .user("a", bcrypt("2a", "pa"), Permissions.ALL)
                    .user("b", bcrypt("2b", "pb"), Permissions.ALL)
                    .user("y", bcrypt("2y", "py"), Permissions.ALL)
                    .user("plain", "p", Permissions.ALL)
                    .build())),
    USERS(
            """
            authorization { users = [
              {user: all, password: p}
              {user: pub, password: p, permissions: {publish: {allow: ["a.*", "b.>", "_R.>"], deny: ["a.no", "b.*.x"]}}}
              {user: sub, password: p, permissions: {subscribe: {allow: ["a.*", "b.>"], deny: ["a.no", "b.*.x"]}}}
              {user: subdeny, password: p, permissions: {subscribe: {deny: ["secret.>", "x.y", "w.*"]}}}
              {user: queue, password: p, permissions: {subscribe: {
                allow: ["q v1", "q v2.>", "p.>", "r.>"], deny: ["p.* bad", "r.x *.prod"]}}}
              {user: deny, password: p, permissions: {publish: {deny: ">"}, subscribe: {deny: ">"}}}
              {user: answer, password: p, permissions: {
                publish: ["svc"], subscribe: ["svc", "rr.*"], allow_responses: {max: 2, expires: "1h"}}}
              {user: once, password: p, permissions: {subscribe: [">"], allow_responses: true}}
              {user: answerdeny, password: p, permissions: {
                publish: {allow: ["svc"], deny: ["rr.no"]}, allow_responses: {max: 1, expires: "1h"}}}
              {user: utf8, password: p, permissions: {publish: {deny: "\u00e4.>"}, subscribe: {deny: "*.\u00f6"}}}
              {user: inbox, password: p, permissions: {publish: ["ask"], subscribe: ["_INBOX.me.>"]}}
            ] }
            """,
            builder -> builder.access(Accounts.builder()
                    .user("all", "p", Permissions.ALL)
                    .user(
                            "pub",
                            "p",
                            Permissions.builder()
                                    .publish("a.*", "b.>", "_R.>")
                                    .denyPublish("a.no", "b.*.x")
                                    .build())
                    .user(
                            "sub",
                            "p",
                            Permissions.builder()
                                    .subscribe("a.*", "b.>")
                                    .denySubscribe("a.no", "b.*.x")
                                    .build())
                    .user(
                            "subdeny",
                            "p",
                            Permissions.builder()
                                    .denySubscribe("secret.>", "x.y", "w.*")
                                    .build())
                    .user(
                            "queue",
                            "p",
                            Permissions.builder()
                                    .subscribe("q v1", "q v2.>", "p.>", "r.>")
                                    .denySubscribe("p.* bad", "r.x *.prod")
                                    .build())
                    .user(
                            "deny",
                            "p",
                            Permissions.builder()
                                    .denyPublish(">")
                                    .denySubscribe(">")
                                    .build())
                    .user(
                            "answer",
                            "p",
                            Permissions.builder()
                                    .publish("svc")
                                    .subscribe("svc", "rr.*")
                                    .responses(2, Duration.ofHours(1))
                                    .build())
                    .user(
                            "once",
                            "p",
                            Permissions.builder()
                                    .subscribe(">")
                                    .responses(1, Duration.ofMinutes(2))
                                    .build())
                    .user(
                            "answerdeny",
                            "p",
                            Permissions.builder()
                                    .publish("svc")
                                    .denyPublish("rr.no")
                                    .responses(1, Duration.ofHours(1))
                                    .build())
                    .user(
                            "utf8",
                            "p",
                            Permissions.builder()
                                    .denyPublish("\u00e4.>")
                                    .denySubscribe("*.\u00f6")
                                    .build())
                    .user(
                            "inbox",
                            "p",
                            Permissions.builder()
                                    .publish("ask")
                                    .subscribe("_INBOX.me.>")
                                    .build())
                    .build())),
    DEFAULT_USER(
            """
            no_auth_user: anon
            authorization { users = [
              {user: anon, password: p, permissions: {publish: a, subscribe: a}}, {user: boss, password: q}] }
            """,
            builder -> builder.access(Accounts.builder()
                    .user(
                            "anon",
                            "p",
                            Permissions.builder().publish("a").subscribe("a").build())
                    .user("boss", "q", Permissions.ALL)
                    .defaultUser("anon")
                    .build())),
    NKEYS(
            """
            authorization { users = [
              {nkey: %s, permissions: {publish: a}}, {user: u, password: p}] }
            """.formatted(TestKeys.KNOWN),
            builder -> builder.access(Accounts.builder()
                    .nkey(
                            TestKeys.KNOWN,
                            "key",
                            Permissions.builder().publish("a").build())
                    .user("u", "p", Permissions.ALL)
                    .build())),
    IMPATIENT(
            "authorization { token: s3cret, timeout: 0.3 }",
            builder ->
                    builder.access(Accounts.builder().token("s3cret").build()).authTimeout(Duration.ofMillis(300))),
    IMPATIENT_DEFAULT(
            """
            no_auth_user: anon
            authorization { timeout: 0.3, users = [{user: anon, password: p}] }
            """,
            builder -> builder.access(Accounts.builder()
                            .user("anon", "p", Permissions.ALL)
                            .defaultUser("anon")
                            .build())
                    .authTimeout(Duration.ofMillis(300))),
    TWO_CONNECTIONS("max_connections: 2", builder -> builder.maxConnections(2)),
    THREE_SUBSCRIPTIONS("max_subscriptions: 3", builder -> builder.maxSubscriptions(3)),
    THREE_SUBSCRIPTIONS_OF_A_USER(
            """
            max_subscriptions: 3
            authorization { users = [{user: u, password: p, permissions: {subscribe: {allow: ["a.*"]}}}] }
            """,
            builder -> builder.maxSubscriptions(3)
                    .access(Accounts.builder()
                            .user(
                                    "u",
                                    "p",
                                    Permissions.builder().subscribe("a.*").build())
                            .build()));

    private final String config;
    private final UnaryOperator<EmbeddedNatsBuilder> builder;

    AccessSetup(String config, UnaryOperator<EmbeddedNatsBuilder> builder) {
        this.config = config;
        this.builder = builder;
    }

    /** nats-server with it. */
    public TestBroker natsServer() {
        return natsServer(NatsServerGeneration.DEBIAN);
    }

    NatsServerProcess natsServer(NatsServerGeneration generation) {
        return new NatsServerProcess(generation, TestBroker.Limits.USUAL, config);
    }

    /** The embedded broker with it. */
    public EmbeddedTestBroker embedded() {
        return new EmbeddedTestBroker(builder);
    }

    private static String bcrypt(String version, String password) {
        byte[] salt = "sixteen bytes ok".getBytes(StandardCharsets.US_ASCII);
        return OpenBSDBCrypt.generate(version, password.getBytes(StandardCharsets.UTF_8), salt, 4);
    }
}
