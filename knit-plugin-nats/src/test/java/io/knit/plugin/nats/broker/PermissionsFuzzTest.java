package io.knit.plugin.nats.broker;

import static io.knit.testkit.Futures.await;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.knit.plugin.nats.broker.access.Accounts;
import io.knit.plugin.nats.broker.access.Permissions;
import io.knit.plugin.nats.broker.routing.PlainMatch;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * A client with few rights, or without credentials, sends any bytes: who may hear everything hears nothing that it may not say,
 * and it hears nothing that it may not hear.
 */
class PermissionsFuzzTest {
    private static final String CONNECT =
            "CONNECT {\"verbose\":false,\"pedantic\":false,\"headers\":true,\"user\":\"%s\",\"pass\":\"%s\"}\r\n";
    private static final Permissions FEW = Permissions.builder()
            .publish("a.>")
            .denyPublish("a.b", "a.c.*")
            .subscribe("a.*", "*.d", "b.> q")
            .denySubscribe("a.e")
            .build();
    private static final List<String> SECRETS = List.of("a.e", "a.e.f", "c", "_INBOX.x.y");
    private static final long PATIENCE_SECONDS = 20;

    private final String password = Long.toHexString(new SecureRandom().nextLong());
    private LogWatch log;
    private EmbeddedNats nats;
    private RawClient all;

    @BeforeEach
    void start() {
        log = new LogWatch();
        nats = await(EmbeddedNats.builder()
                .eventLoops(1)
                .access(Accounts.builder()
                        .user("few", "p", FEW)
                        .user("all", password, Permissions.ALL)
                        .build())
                .start());
        all = new RawClient(nats.port()).send(CONNECT.formatted("all", password) + "SUB > 1\r\n");
        all.answers();
    }

    @AfterEach
    void stop() {
        all.close();
        await(nats.close());
        log.close();
    }

    /** The first byte chooses whether the client begins with its credentials. */
    @FuzzTest(maxDuration = "10m")
    void anyBytes(byte[] input) {
        boolean known = input.length > 0 && input[0] % 4 != 0;
        String secret = "secret" + Long.toHexString(new SecureRandom().nextLong());
        try (RawClient wild = new RawClient(nats.port())) {
            if (known) {
                wild.send(CONNECT.formatted("few", "p")).answers();
            }
            wild.trySend(Arrays.copyOfRange(input, Math.min(1, input.length), input.length));
            expectOnlyWhatItMaySay(secret);
            String heard = wild.leave();
            if (heard.contains(secret)) {
                throw new AssertionError("it hears what it may not: " + heard);
            }
        }
        expect("its connection stays", () -> nats.clients() == 1);
        if (!log.warnings().isEmpty()) {
            throw new AssertionError(log.warnings().toString());
        }
    }

    // other clients talk of what it may not subscribe to, by whatever pattern
    private void expectOnlyWhatItMaySay(String secret) {
        for (String subject : SECRETS) {
            all.send("PUB " + subject + " " + secret.length() + "\r\n" + secret + "\r\n");
        }
        for (String frame : DifferencePlayer.frames(all.answers())) {
            String subject = frame.split(" ", -1)[1];
            boolean denied = PlainMatch.matches("a.c.x", subject.replaceFirst("[^.]*$", "x")) || subject.equals("a.b");
            if (!SECRETS.contains(subject) && (denied || !subject.startsWith("a."))) {
                throw new AssertionError("it said what it may not: " + frame);
            }
        }
    }

    private static void expect(String otherwise, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(otherwise);
            }
            Thread.yield();
        }
    }
}
