package io.knit.launcher.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.ErrorKind;
import io.knit.api.error.KnitException;
import io.knit.core.KnitServer;
import io.knit.launcher.settings.Secrets;
import io.knit.launcher.settings.Setting;
import io.knit.launcher.settings.Settings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The small deciders between the command line and the builders. */
class WiringTest {
    @Test
    void everyKindOfErrorHasAnExitCodeOfItsOwn() {
        assertThat(Arrays.stream(ErrorKind.values()).map(ExitCode::of).distinct())
                .hasSize(ErrorKind.values().length);
        assertThat(ExitCode.of(new KnitException(ErrorCode.NODE_ID_TAKEN, "x"))).isEqualTo(3);
        assertThat(ExitCode.of(new KnitException(ErrorCode.INVALID_CONFIGURATION, "x")))
                .isEqualTo(2);
        assertThat(ExitCode.of(new IllegalArgumentException("x"))).isEqualTo(2);
        assertThat(ExitCode.of(new IllegalStateException("x"))).isEqualTo(1);
    }

    @Test
    @DisplayName("a start is waited for as long as it takes, and its failure is what it was")
    void slowStart() throws Exception {
        Promise<String> slow = Promise.promise();
        CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS).execute(() -> slow.complete("here"));
        assertThat(Lifetime.started(slow.future(), Duration.ofMillis(5))).isEqualTo("here");
        assertThatThrownBy(() -> Lifetime.started(
                        Future.failedFuture(new KnitException(ErrorCode.IN_USE, "it is in use")), Duration.ofMillis(5)))
                .hasMessage("it is in use");
    }

    @Test
    void aFailureThatNobodyForesawSaysWhatItWas() {
        assertThat(ExitCode.message(new IOException("disk")))
                .contains("IOException")
                .contains("disk");
        assertThat(ExitCode.message(new IOException())).contains("IOException").doesNotContain("null");
        assertThat(ExitCode.message(new KnitException(ErrorCode.IN_USE, "port 1 is in use")))
                .isEqualTo("port 1 is in use");
    }

    @Test
    void theStrongerSourceDecidesWhichBrokerItIs() {
        List<Setting> all = List.of(Setting.values());
        Settings outside = Settings.resolve(
                all, Map.of("--nats-url", "nats://a:1"), Map.of("KNIT_NATS_ADDR", "b:1"), Map.of("nats-addr", "c:1"));
        Settings embedded =
                Settings.resolve(all, Map.of("--nats-addr", "a:1"), Map.of("KNIT_NATS_URL", "nats://b:1"), Map.of());
        assertThat(outside.given()).containsOnlyKeys("nats-url");
        assertThat(embedded.given()).containsOnlyKeys("nats-addr");
    }

    @Test
    void whatContainersMayHaveOfAHostIsWordsOfTheAgentsSettings(@TempDir Path folder) {
        List<Setting> all = List.of(Setting.values());
        Settings given = Settings.resolve(
                all, Map.of(), Map.of("KNIT_ALLOW", "privileged, cap:NET_ADMIN"), Map.of("allow", "all"));
        assertThat(AgentProgram.build(given, folder, "nats://127.0.0.1:1")
                        .settings()
                        .allow())
                .containsExactly("privileged", "cap:NET_ADMIN");

        for (Setting setting : List.of(Setting.ALLOW, Setting.ALLOW_HOST_ACCESS)) {
            Settings wrong = Settings.resolve(all, Map.of(setting.flag(), "cap:NET_ADMN"), Map.of(), Map.of());
            assertThatThrownBy(() -> wrong.hostAccess(setting))
                    .hasMessageContaining(setting.flag() + ": \"cap:NET_ADMN\"")
                    .hasMessageContaining("give privileged, cap:NET_ADMIN");
        }
    }

    @Test
    void whereContainersHaveAddressesIsSubnetsOfTheAgentsSettings(@TempDir Path folder) {
        List<Setting> all = List.of(Setting.values());
        Settings given = Settings.resolve(
                all, Map.of("--container-subnet", "10.210.1.0/24, fd00:210:1::/64"), Map.of(), Map.of());
        assertThat(AgentProgram.build(given, folder, "nats://127.0.0.1:1")
                        .settings()
                        .containerSubnets())
                .containsExactly("10.210.1.0/24", "fd00:210:1::/64");
        Settings wrong = Settings.resolve(all, Map.of("--container-subnet", "10.210.1.5/24"), Map.of(), Map.of());
        assertThatThrownBy(() -> AgentProgram.check(wrong))
                .hasMessageContaining("--container-subnet: \"10.210.1.5/24\" has bits behind its prefix");
    }

    @Test
    void aHostsOwnLoginsAreInAFileThatIsThere(@TempDir Path folder) {
        List<Setting> all = List.of(Setting.values());
        String file = folder.resolve("none.json").toString();
        Settings wrong = Settings.resolve(all, Map.of("--registry-config", file), Map.of(), Map.of());
        assertThatThrownBy(() -> AgentProgram.check(wrong))
                .hasMessageContaining("--registry-config is " + file + ", which can't be read");
    }

    @Test
    void aServerKnowsPostgresqlByItself(@TempDir Path folder) {
        Map<String, String> flags = Map.of(
                "--http-addr", "127.0.0.1:0",
                "--nats-addr", "127.0.0.1:0",
                "--store-url", "jdbc:postgresql://127.0.0.1:1/knit");
        KnitServer server =
                ServerProgram.build(Settings.resolve(List.of(Setting.values()), flags, Map.of(), Map.of()), folder);
        try {
            assertThatThrownBy(() -> Lifetime.started(server.start()))
                    .hasMessageContaining("127.0.0.1:1/knit")
                    .satisfies(e -> assertThat(ExitCode.of(e)).isEqualTo(5));
        } finally {
            server.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    @Test
    @DisplayName("where there was a cluster another is begun only if that is said to be meant")
    void newCluster(@TempDir Path folder) throws Exception {
        startAndClose(folder, Map.of());
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(it -> it.getFileName().toString().startsWith("knit.db"))
                    .toList()) {
                Files.delete(file);
            }
        }
        assertThatThrownBy(() -> startAndClose(folder, Map.of()))
                .hasMessageContaining("--new-cluster")
                .satisfies(e -> assertThat(ExitCode.of(e)).isEqualTo(5));
        startAndClose(folder, Map.of("--new-cluster", "true"));
    }

    private static void startAndClose(Path data, Map<String, String> more) throws InterruptedException {
        Map<String, String> flags = new HashMap<>(Map.of("--http-addr", "127.0.0.1:0", "--nats-addr", "127.0.0.1:0"));
        flags.putAll(more);
        KnitServer server =
                ServerProgram.build(Settings.resolve(List.of(Setting.values()), flags, Map.of(), Map.of()), data);
        try {
            Lifetime.started(server.start());
        } finally {
            server.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    @Test
    void secretsInUrlsAreHidden() {
        assertThat(Secrets.hide("nats://me:pw@a:1,nats://token@b:2")).isEqualTo("nats://***@a:1,nats://***@b:2");
        assertThat(Secrets.hide("jdbc:postgresql://db/knit?user=u&password=p&ssl=true"))
                .isEqualTo("jdbc:postgresql://db/knit?user=***&password=***&ssl=true");
        assertThat(Secrets.hide("nats://10.54.0.1:4222")).isEqualTo("nats://10.54.0.1:4222");
    }
}
