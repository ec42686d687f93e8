package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.RestartPolicy;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Resources;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.RuntimeSnapshot;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.testkit.Futures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class DockerRuntimeTest extends RealEngineTest {
    @Test
    void aContainerIsMadeStartedSeenAndRemoved() {
        ContainerSpec plain = engine.spec("life", "sleep", "1000");
        Map<String, String> labels = new HashMap<>(plain.labels());
        // as reverse proxies read them
        labels.put("caddy.@ws.0", "path /ws\nheader Connection *Upgrade*");
        labels.put("traefik.http.routers.a.tls.domains[0].main", "a.example \"b\"");
        ContainerSpec spec = new ContainerSpec(
                plain.name(),
                plain.image(),
                plain.command(),
                plain.args(),
                plain.env(),
                labels,
                plain.ports(),
                plain.mounts());
        String id = await(runtime.create(spec));
        assertThat(seen(id).state()).isEqualTo(ContainerState.CREATED);

        await(runtime.start(id));
        ContainerSnapshot running = seen(id);
        assertThat(running.state()).isEqualTo(ContainerState.RUNNING);
        assertThat(running.name()).isEqualTo(spec.name());
        assertThat(running.labels()).isEqualTo(spec.labels());
        assertThat(running.exit()).isNull();
        assertThat(running.createdAt()).isPositive();

        await(runtime.start(id));
        await(runtime.remove(id, Duration.ofSeconds(10)));
        await(runtime.remove(id, Duration.ofSeconds(10)));
        assertThat(await(runtime.snapshot(engine.cluster)).containers()).isEmpty();
    }

    @Test
    void theSnapshotTellsOfTheEngine() {
        RuntimeSnapshot snapshot = await(runtime.snapshot(engine.cluster));
        assertThat(snapshot.engineVersion()).matches("docker \\d+\\.\\d+.*");
        assertThat(snapshot.capacity().cpus()).isPositive();
        assertThat(snapshot.capacity().memoryBytes()).isPositive();
    }

    @Test
    void theEngineGetsInitNoRestartPolicyEnvironmentAndBoundedLogs() {
        String id = await(runtime.create(engine.spec("config", "sleep", "1000")));
        InspectContainerResponse made = engine.client.inspectContainerCmd(id).exec();
        assertThat(made.getHostConfig().getInit()).isTrue();
        assertThat(made.getHostConfig().getRestartPolicy()).isEqualTo(RestartPolicy.noRestart());
        assertThat(made.getConfig().getEnv()).contains("KNIT_TEST=a=b c");
        if ("json-file".equals(engine.client.infoCmd().exec().getLoggingDriver())) {
            assertThat(made.getHostConfig().getLogConfig().getConfig())
                    .isEqualTo(Map.of("max-size", "10m", "max-file", "3"));
        }
    }

    @Test
    void anInitNoNewPrivilegesAndALimitOfProcessesUnlessTheSpecSaysOtherwise() {
        ContainerSpec spec = engine.spec("usual", "sleep", "9");
        HostConfig usual = engine.client
                .inspectContainerCmd(await(runtime.create(spec)))
                .exec()
                .getHostConfig();
        assertThat(usual.getInit()).isTrue();
        assertThat(usual.getSecurityOpts()).containsExactly("no-new-privileges");
        assertThat(usual.getPidsLimit()).isEqualTo(4096);

        ContainerSpec free = engine.spec("free", "sleep", "9");
        HostConfig other = engine.client
                .inspectContainerCmd(await(runtime.create(new ContainerSpec(
                        free.name(),
                        free.image(),
                        free.command(),
                        free.args(),
                        free.env(),
                        free.labels(),
                        free.ports(),
                        free.mounts(),
                        false,
                        false,
                        new Resources(Resources.UNLIMITED)))))
                .exec()
                .getHostConfig();
        assertThat(other.getInit()).isFalse();
        assertThat(other.getSecurityOpts()).isNullOrEmpty();
        assertThat(other.getPidsLimit()).isIn(null, 0L, -1L);
    }

    @Test
    void anEngineHoldsAContainerToItsResources() {
        HostConfig usual = engine.client
                .inspectContainerCmd(await(runtime.create(engine.spec("unlimited", "sleep", "9"))))
                .exec()
                .getHostConfig();
        assertThat(usual.getNanoCPUs()).isIn(null, 0L);
        assertThat(usual.getMemory()).isIn(null, 0L);

        HostConfig both = made(
                "both", Resources.DEFAULT.withCpu(500).withMemory(32L << 20).withMemoryMax(64L << 20));
        assertThat(both.getNanoCPUs()).isEqualTo(500_000_000);
        assertThat(both.getMemory()).isEqualTo(64L << 20);
        // an engine that can't limit swap keeps no number of it
        assertThat(both.getMemorySwap()).as("with swap").isIn(64L << 20, -1L, 0L, null);
        assertThat(both.getMemoryReservation()).isEqualTo(32L << 20);
        assertThat(both.getPidsLimit()).isEqualTo(4096);

        HostConfig alone = made("alone", Resources.DEFAULT.withMemory(32L << 20));
        assertThat(alone.getMemory()).isEqualTo(32L << 20);
        assertThat(alone.getMemoryReservation()).isIn(null, 0L);

        HostConfig most = made("most", Resources.DEFAULT.withMemoryMax(48L << 20));
        assertThat(most.getMemory()).isEqualTo(48L << 20);
    }

    /** No host of the tests has an accelerator: that one is asked for is all that is seen. */
    @Test
    void acceleratorsAreAskedForAsDevices() {
        HostConfig host = made("gpu", Resources.DEFAULT.withGpus(2));
        assertThat(host.getDeviceRequests()).hasSize(1);
        assertThat(host.getDeviceRequests().get(0).getCount()).isEqualTo(2);
        assertThat(host.getDeviceRequests().get(0).getCapabilities()).isEqualTo(List.of(List.of("gpu")));
    }

    @Test
    void anEngineSaysWhatItRunsOn() {
        RuntimeSnapshot snapshot = await(runtime.snapshot(engine.cluster));
        assertThat(snapshot.os()).isEqualTo("linux");
        assertThat(snapshot.arch()).isIn("amd64", "arm64");
    }

    private HostConfig made(String name, Resources resources) {
        ContainerSpec spec = engine.spec(name, "sleep", "9");
        String id = await(runtime.create(new ContainerSpec(
                spec.name(),
                spec.image(),
                spec.command(),
                spec.args(),
                spec.env(),
                spec.labels(),
                spec.ports(),
                spec.mounts(),
                true,
                true,
                resources)));
        return engine.client.inspectContainerCmd(id).exec().getHostConfig();
    }

    @Test
    void withoutAnInitTheImagesOwnProgramIsProcessOne() {
        ContainerSpec spec = engine.spec("one", "sh", "-c", "exit $$");
        String own = await(runtime.create(new ContainerSpec(
                spec.name(),
                spec.image(),
                spec.command(),
                spec.args(),
                spec.env(),
                spec.labels(),
                spec.ports(),
                spec.mounts(),
                false,
                true,
                Resources.DEFAULT)));
        await(runtime.start(own));
        Awaitility.await().untilAsserted(() -> assertThat(seen(own).exit()).isEqualTo("exit code 1"));
        String behindAnInit = run("two", "sh", "-c", "test $$ -gt 1 && exit 7");
        Awaitility.await()
                .untilAsserted(() -> assertThat(seen(behindAnInit).exit()).isEqualTo("exit code 7"));
    }

    @Test
    void aProgramThatIsNotThereEndsInWords() {
        String id = run("typo", "nosuchapplet");
        Awaitility.await()
                .untilAsserted(
                        () -> assertThat(seen(id).exit()).isEqualTo("exit code 127 (the command was not found)"));
    }

    @Test
    void aProgramThatTheInitDoesNotFindIsNamed() {
        ContainerSpec spec = new ContainerSpec(
                engine.name("typo"),
                engine.image,
                List.of("ngnix"),
                List.of(),
                Map.of(),
                engine.labels("typo"),
                List.of(),
                List.of());
        String id = await(runtime.create(spec));
        await(runtime.start(id));
        Awaitility.await()
                .untilAsserted(() -> assertThat(seen(id).exit())
                        .isEqualTo(
                                "exit code 127 (exec ngnix failed: No such file or directory; there is no such program, or not one"
                                        + " for this node's CPU, " + TestImage.CPU + ")"));
    }

    @Test
    void aSnapshotTellsTheEnginesOwnId() {
        assertThat(await(runtime.snapshot(engine.cluster)).engineId())
                .isNotEmpty()
                .isEqualTo(engine.client.infoCmd().exec().getId());
    }

    @Test
    void aProgramForAnotherCpuIsToldFromOneThatIsNotThere() throws IOException {
        String image = engine.image + "-foreign";
        engine.client
                .loadImageCmd(new ByteArrayInputStream(TestImage.forAnotherCpu().archive(image)))
                .exec();
        ContainerSpec spec = new ContainerSpec(
                engine.name("foreign"),
                image,
                List.of("/bin/app"),
                List.of(),
                Map.of(),
                engine.labels("foreign"),
                List.of(),
                List.of());
        String id = await(runtime.create(spec));
        await(runtime.start(id));
        Awaitility.await()
                .untilAsserted(() -> assertThat(seen(id).exit())
                        .startsWith("exit code 127 (exec /bin/app failed: ")
                        .endsWith("; its image is for " + TestImage.OTHER_CPU + ", and this node's CPU is "
                                + TestImage.CPU + ")"));
        await(runtime.remove(id, Duration.ZERO));
        engine.client.removeImageCmd(image).withForce(true).exec();
    }

    @Test
    void createAgainGivesTheSameContainerAndAForeignNameIsRefused() {
        ContainerSpec spec = engine.spec("twice", "sleep", "9");
        String id = await(runtime.create(spec));
        assertThat(await(runtime.create(spec))).isEqualTo(id);

        ContainerSpec other = new ContainerSpec(
                spec.name(),
                spec.image(),
                List.of("/bin/true"),
                List.of(),
                Map.of(),
                engine.labels("other"),
                List.of(),
                List.of());
        assertThatThrownBy(() -> await(runtime.create(other)))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUNTIME_REFUSED))
                .hasMessageContaining(spec.name())
                .hasMessageContaining(id.substring(0, 12));
    }

    @Test
    void createWithoutTheImageIsImageUnavailable() {
        ContainerSpec spec = new ContainerSpec(
                engine.name("noimage"),
                "knit-nosuch:1",
                List.of(),
                List.of(),
                Map.of(),
                engine.labels("noimage"),
                List.of(),
                List.of());
        assertThatThrownBy(() -> await(runtime.create(spec)))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IMAGE_UNAVAILABLE));
    }

    @Test
    void theSnapshotSaysHowAContainerEnded() {
        String failed = run("failed", "sh", "-c", "exit 3");
        String fine = run("fine", "true");
        String killed = run("killed", "sleep", "1000");
        engine.client.killContainerCmd(killed).withSignal("KILL").exec();
        Awaitility.await().untilAsserted(() -> {
            assertThat(seen(failed).exit()).isEqualTo("exit code 3");
            assertThat(seen(fine).exit()).isEqualTo("exit code 0");
            assertThat(seen(killed).exit()).isEqualTo("killed by signal 9 (SIGKILL), exit code 137");
        });
    }

    @Test
    void onlyTheClustersOwnContainersAreSeen() {
        await(runtime.create(engine.spec("mine", "sleep", "9")));
        assertThat(await(runtime.snapshot(engine.cluster)).containers()).hasSize(1);
        assertThat(await(runtime.snapshot("another-" + engine.cluster)).containers())
                .isEmpty();
    }

    @Test
    void listenersHearOfStartsEndsAndRemovals() {
        AtomicInteger heard = new AtomicInteger();
        runtime.onChange(() -> {
            throw new IllegalStateException("a listener that throws");
        });
        runtime.onChange(heard::incrementAndGet);
        Awaitility.await().until(() -> heard.get() > 0);
        int before = heard.get();
        String id = run("heard", "true");
        Awaitility.await().until(() -> heard.get() >= before + 2);
        await(runtime.remove(id, Duration.ZERO));
        Awaitility.await().until(() -> heard.get() >= before + 3);
    }

    @Test
    void manyAtOnceAllStartAndAllGo() {
        List<String> ids = List.of(1, 2, 3, 4, 5, 6).stream()
                .map(n -> runtime.create(engine.spec("many" + n, "sleep", "1000"))
                        .compose(id -> runtime.start(id).map(id)))
                .toList()
                .stream()
                .map(Futures::await)
                .toList();
        ids.stream()
                .map(id -> runtime.remove(id, Duration.ofSeconds(5)))
                .toList()
                .forEach(Futures::await);
        assertThat(await(runtime.snapshot(engine.cluster)).containers()).isEmpty();
    }

    @Test
    void twoRemovalsAtOnceBothSucceed() {
        String id = run("contested", "sleep", "1000");
        DockerRuntime other = new DockerRuntime(EngineAddress.parse(EngineAddress.DEFAULT), Deadlines.defaults());
        List.of(runtime.remove(id, Duration.ofSeconds(5)), other.remove(id, Duration.ZERO))
                .forEach(Futures::await);
        await(other.close());
    }

    @Test
    void afterCloseEverythingFailsAndNoThreadIsLeft() {
        runtime.onChange(() -> {});
        await(runtime.snapshot(engine.cluster));
        DockerRuntime other = new DockerRuntime(EngineAddress.parse(EngineAddress.DEFAULT), Deadlines.defaults());
        await(other.close());
        await(other.close());
        assertThatThrownBy(() -> await(other.snapshot(engine.cluster)))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CLOSED));
    }

    @Test
    void outOfMemoryIsToldApartFromOtherKills() {
        long limit = 8L << 20;
        String id = engine.client
                .createContainerCmd(engine.image)
                .withName(engine.name("hungry"))
                .withLabels(engine.labels("hungry"))
                .withCmd("tail", "/dev/zero")
                .withHostConfig(HostConfig.newHostConfig().withMemory(limit).withMemorySwap(limit))
                .exec()
                .getId();
        await(runtime.start(id));
        Awaitility.await().until(() -> seen(id).exit() != null);
        // the engine hears of the lack of memory and of the end by two events; where the end comes first, it never
        // tells
        Boolean told = engine.client.inspectContainerCmd(id).exec().getState().getOOMKilled();
        assertThat(seen(id).exit())
                .isEqualTo(
                        Boolean.TRUE.equals(told)
                                ? "killed, out of memory"
                                : "killed by signal 9 (SIGKILL), exit code 137");
    }
}
