package io.knit.launcher.program;

import io.knit.api.KnitVersion;
import io.knit.api.ServerTiming;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.Role;
import io.knit.core.KnitServer;
import io.knit.launcher.settings.Secrets;
import io.knit.launcher.settings.Setting;
import io.knit.launcher.settings.Settings;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** {@code knit server start}. */
public final class ServerProgram implements Program {
    static final Pattern NATS_URL = Pattern.compile("(nats|tls|ws|wss)://[^\\s,]+(,(nats|tls|ws|wss)://[^\\s,]+)*");
    static final String NATS_URL_SHAPE =
            "give a URL such as nats://10.54.0.1:4222, or several with commas between them";
    private static final int MOST_REQUESTS = 1_000_000;
    private static final Pattern YES_OR_NO = Pattern.compile("true|false");
    private static final Pattern JDBC_URL = Pattern.compile("jdbc:[a-z]+:.+");

    @Override
    public Set<Role> roles() {
        return Set.of(Role.SERVER);
    }

    @Override
    public void run(Settings settings, Map<String, String> environment, Console console) throws InterruptedException {
        Path data = DataFolder.ofThisHost().of(settings, "server", environment);
        KnitServer server = build(settings, data);
        PluginJars.tell(settings, console);
        Lifetime.closeAtExit(server::close);
        Lifetime.started(server.start());
        console.say(readyLine("server", server, data));
        Lifetime.lasts(Promise.promise().future());
    }

    static KnitServer build(Settings settings, Path data) {
        settings.address(Setting.NATS_ADDR);
        if (settings.given(Setting.NATS_MONITOR_ADDR).isPresent()) {
            settings.address(Setting.NATS_MONITOR_ADDR);
        }
        settings.number(Setting.HTTP_RATE, 0, MOST_REQUESTS);
        settings.matching(Setting.NATS_URL, NATS_URL, NATS_URL_SHAPE);
        for (Setting each : List.of(Setting.NEW_CLUSTER, Setting.TOKENS, Setting.INSECURE)) {
            settings.matching(each, YES_OR_NO, "give true or false, or the flag alone");
        }
        boolean certified = settings.given(Setting.HTTP_TLS_CERT).isPresent();
        if (certified != settings.given(Setting.HTTP_TLS_KEY).isPresent()
                || (!certified && settings.given(Setting.HTTP_TLS_CA).isPresent())) {
            throw new KnitException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "--http-tls-cert and --http-tls-key go together, and --http-tls-ca needs both; give both, or neither");
        }
        settings.matching(
                Setting.STORE_URL, JDBC_URL, "give a JDBC URL, such as jdbc:postgresql://db.example/knit?user=knit");
        if (settings.given(Setting.SECRETS_KEY).isPresent()
                && settings.given(Setting.SECRETS_KEY_FILE).isPresent()) {
            throw new KnitException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "--secrets-key-file and KNIT_SECRETS_KEY both give the keys of secrets; give one of them");
        }
        var builder = KnitServer.builder()
                .httpAddress(settings.address(Setting.HTTP_ADDR))
                .dataDir(data)
                .timing(timing(settings));
        settings.hostAccess(Setting.ALLOW_HOST_ACCESS);
        settings.given().forEach(builder::config);
        PluginJars.config(settings).forEach(builder::config);
        builder.plugins(PluginJars.of(settings));
        if (settings.given(Setting.NATS_URL).isEmpty()) {
            builder.config(Setting.NATS_ADDR.key(), settings.address(Setting.NATS_ADDR));
        }
        return builder.build();
    }

    private static ServerTiming timing(Settings settings) {
        ServerTiming normal = ServerTiming.DEFAULT;
        Duration suspect = settings.duration(Setting.SUSPECT_AFTER);
        Duration down = settings.duration(Setting.DOWN_AFTER);
        if (down.compareTo(suspect) <= 0) {
            throw settings.refuse(
                    Setting.DOWN_AFTER,
                    "give more than " + Setting.SUSPECT_AFTER.flag() + ", which is "
                            + settings.text(Setting.SUSPECT_AFTER).orElse("")
                            + ": a node is suspect before it is down");
        }
        return new ServerTiming(
                suspect,
                down,
                normal.connectionLostAfter(),
                normal.aliveGrace(),
                settings.duration(Setting.DISCOVERY_INTERVAL));
    }

    static String readyLine(String what, KnitServer server, Path data) {
        String http = server.endpoints().getOrDefault("http", "no HTTP");
        return "Knit " + KnitVersion.current() + " " + what + " ready: " + http + " (dashboard /dashboard), "
                + Secrets.hide(natsUrl(server)) + ", data " + data;
    }

    /** Where agents find the broker. */
    static String natsUrl(KnitServer server) {
        return server.endpoints().getOrDefault("transport", "no transport");
    }
}
