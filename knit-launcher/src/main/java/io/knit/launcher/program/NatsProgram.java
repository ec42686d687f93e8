package io.knit.launcher.program;

import io.knit.api.KnitVersion;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.Role;
import io.knit.core.rules.HostAndPort;
import io.knit.launcher.settings.Setting;
import io.knit.launcher.settings.Settings;
import io.knit.plugin.nats.broker.EmbeddedNats;
import io.knit.plugin.nats.broker.EmbeddedNatsBuilder;
import io.knit.plugin.nats.broker.access.Accounts;
import io.knit.plugin.nats.broker.access.AccountsFile;
import io.knit.plugin.nats.broker.access.Permissions;
import io.knit.plugin.nats.broker.tls.TlsOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code knit nats start}: the broker alone, for any NATS client and any subject. */
public final class NatsProgram implements Program {
    private static final int MOST_PAYLOAD = 64 << 20;
    private static final long LEAST_PENDING = 1 << 10;
    private static final long LEAST_MEMORY = 16 << 20;
    private static final int MOST_PINGS = 1000;
    private static final int MOST_COUNT = 100_000_000;
    /** Clients have this long to go elsewhere, should they know where. */
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    @Override
    public Set<Role> roles() {
        return Set.of();
    }

    @Override
    public List<Setting> settings() {
        return Setting.BROKER;
    }

    @Override
    public void run(Settings settings, Map<String, String> environment, Console console) throws InterruptedException {
        refuseServersToken(settings, environment);
        boolean open = !isGuarded(settings);
        Future<EmbeddedNats> starting = builder(settings).start();
        EmbeddedNats nats = Lifetime.started(starting);
        Lifetime.closeAtExit(() -> leave(nats));
        console.say("Knit " + KnitVersion.current() + " nats ready: " + nats.url()
                + nats.monitoringUrl().map(url -> ", monitoring " + url).orElse("")
                + (open ? ", open to everyone who reaches it" : ""));
        // the broker's threads are daemons: this one keeps the process alive
        Lifetime.lasts(Promise.promise().future());
    }

    /** Whoever is there hears that the broker goes; nobody there, nothing to wait for. */
    private static Future<Void> leave(EmbeddedNats nats) {
        return nats.clients() == 0 ? nats.close() : nats.lameDuck(FAREWELL);
    }

    private static EmbeddedNatsBuilder builder(Settings settings) {
        HostAndPort at = HostAndPort.parse(Setting.NATS_ADDR.key(), settings.address(Setting.NATS_ADDR));
        EmbeddedNatsBuilder builder = EmbeddedNats.builder()
                .address(at.host(), at.port())
                .pingInterval(settings.duration(Setting.PING_INTERVAL))
                .maxPingsOut(settings.number(Setting.PING_MAX, 1, MOST_PINGS))
                .maxPayload(settings.bytes(Setting.MAX_PAYLOAD, MOST_PAYLOAD))
                .maxPending(settings.bytesFrom(Setting.MAX_PENDING, LEAST_PENDING))
                .maxConnections(settings.number(Setting.MAX_CLIENTS, 0, MOST_COUNT))
                .maxSubscriptions(settings.number(Setting.MAX_SUBSCRIPTIONS, 0, MOST_COUNT))
                .maxOperations(settings.number(Setting.MAX_OPERATIONS, 0, MOST_COUNT));
        if (settings.given(Setting.MAX_MEMORY).isPresent()) {
            builder.maxMemory(settings.bytesFrom(Setting.MAX_MEMORY, LEAST_MEMORY));
        }
        if (settings.given(Setting.NATS_MONITOR_ADDR).isPresent()) {
            HostAndPort monitor =
                    HostAndPort.parse(Setting.NATS_MONITOR_ADDR.key(), settings.address(Setting.NATS_MONITOR_ADDR));
            builder.monitoring(monitor.host(), monitor.port());
        }
        accounts(settings).ifPresent(builder::access);
        tls(settings).ifPresent(builder::tls);
        return builder;
    }

    // ---- who may come in

    private static boolean isGuarded(Settings settings) {
        return List.of(Setting.USER, Setting.TOKEN, Setting.TOKEN_FILE, Setting.USERS_FILE, Setting.TLS_CA).stream()
                .anyMatch(setting -> settings.given(setting).isPresent());
    }

    /** What is shown a server was the broker's once: who meant it so is not left with a broker that asks for nothing. */
    private static void refuseServersToken(Settings settings, Map<String, String> environment) {
        // a password without a user is refused in words of its own
        if (isGuarded(settings)
                || settings.given(Setting.PASS).isPresent()
                || settings.given(Setting.PASS_FILE).isPresent()) {
            return;
        }
        for (Setting meant : List.of(Setting.TOKEN, Setting.TOKEN_FILE)) {
            String servers = "KNIT_" + meant.name();
            if (!environment.getOrDefault(servers, "").isBlank()) {
                throw refusal(servers
                        + " is set, which says what knit shows a server, and is not asked of this broker's"
                        + " clients; give " + meant.variable() + " or " + Setting.TOKEN_FILE.flag()
                        + " where they are to show a token, or start it without " + servers + ": `env -u " + servers
                        + " knit nats start`");
            }
        }
    }

    private static Optional<Accounts> accounts(Settings settings) {
        Optional<String> user = settings.given(Setting.USER);
        Optional<String> password = secret(settings, Setting.PASS, Setting.PASS_FILE);
        Optional<String> token = secret(settings, Setting.TOKEN, Setting.TOKEN_FILE);
        Optional<String> file = settings.given(Setting.USERS_FILE);
        if (file.isPresent()) {
            if (user.isPresent() || password.isPresent() || token.isPresent()) {
                throw refusal("give either " + Setting.USERS_FILE.flag() + ", a user with a password, or a token");
            }
            return Optional.of(AccountsFile.read(Path.of(file.get())));
        }
        if (user.isPresent() && token.isPresent()) {
            throw refusal("give either " + Setting.USER.flag() + " with a password or a token, not both");
        }
        if (user.isPresent() != password.isPresent()) {
            throw refusal(
                    user.isPresent()
                            ? Setting.USER.flag() + " has no password; give it with " + Setting.PASS_FILE.flag() + ", "
                                    + Setting.PASS.variable() + " or " + Setting.PASS.flag()
                            : "there is a password but no user; give it with " + Setting.USER.flag());
        }
        if (user.isPresent()) {
            return Optional.of(Accounts.builder()
                    .user(user.get(), password.orElseThrow(), Permissions.ALL)
                    .build());
        }
        return token.map(text -> Accounts.builder().token(text).build());
    }

    /** A password or token itself, or the first line of its file. No message repeats it. */
    private static Optional<String> secret(Settings settings, Setting itself, Setting file) {
        Optional<String> given = settings.given(itself);
        Optional<String> path = settings.given(file);
        if (given.isPresent() && path.isPresent()) {
            throw refusal("give either " + itself.flag() + " or " + file.flag() + ", not both");
        }
        return path.isPresent() ? Optional.of(firstLine(file, Path.of(path.get()))) : given;
    }

    private static String firstLine(Setting setting, Path file) {
        String line;
        try {
            line = Files.readString(file).lines().findFirst().orElse("");
        } catch (IOException e) {
            throw refusal(
                    setting.flag() + " is " + file + ", which can't be read; give a text file that this user may read");
        }
        if (line.isBlank()) {
            throw refusal(setting.flag() + " is " + file + ", whose first line is empty; write it there");
        }
        return line;
    }

    private static Optional<TlsOptions> tls(Settings settings) {
        Optional<String> certificate = settings.given(Setting.TLS_CERT);
        Optional<String> key = settings.given(Setting.TLS_KEY);
        Optional<String> ca = settings.given(Setting.TLS_CA);
        if (certificate.isPresent() != key.isPresent() || (ca.isPresent() && certificate.isEmpty())) {
            throw refusal("TLS takes both " + Setting.TLS_CERT.flag() + " and " + Setting.TLS_KEY.flag() + ", and "
                    + Setting.TLS_CA.flag() + " only with them");
        }
        return certificate.map(file -> {
            TlsOptions.Builder tls =
                    TlsOptions.builder().certificate(Path.of(file)).key(Path.of(key.orElseThrow()));
            ca.ifPresent(authority -> tls.clientCa(Path.of(authority)).clientCertificateRequired(true));
            return tls.build();
        });
    }

    private static KnitException refusal(String what) {
        return new KnitException(ErrorCode.INVALID_CONFIGURATION, what);
    }
}
