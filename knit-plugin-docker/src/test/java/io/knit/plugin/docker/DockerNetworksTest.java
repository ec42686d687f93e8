package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.knit.api.model.IsolationSpec;
import io.knit.api.model.LogSpec;
import io.knit.api.model.NamedNetwork;
import io.knit.api.model.NetworkSpec;
import io.knit.api.model.ProcessSpec;
import io.knit.api.model.Resources;
import io.knit.api.model.ScratchSpec;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerSpec;
import io.knit.api.spi.runtime.ExecResult;
import io.knit.api.spi.runtime.KnitLabels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Networks with names, as the containers on them see them. */
class DockerNetworksTest extends RealEngineTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private String started(String deployment, NamedNetwork... networks) {
        String id = made(deployment, networks);
        await(runtime.start(id));
        return id;
    }

    private String made(String deployment, NamedNetwork... networks) {
        ContainerSpec plain = engine.spec(deployment + "-0", "sleep", "1000");
        Map<String, String> labels = new HashMap<>(plain.labels());
        labels.put(KnitLabels.DEPLOYMENT, deployment);
        return await(runtime.create(new ContainerSpec(
                plain.name(),
                plain.image(),
                plain.command(),
                plain.args(),
                plain.env(),
                labels,
                plain.ports(),
                plain.mounts(),
                true,
                true,
                Resources.DEFAULT,
                ProcessSpec.DEFAULT,
                IsolationSpec.DEFAULT,
                ScratchSpec.DEFAULT,
                new NetworkSpec("", "", List.of(), List.of(), List.of(networks)),
                LogSpec.DEFAULT)));
    }

    private static NamedNetwork network(String name, String... aliases) {
        return new NamedNetwork(name, List.of(aliases));
    }

    private static NamedNetwork internal(String name, String... aliases) {
        return new NamedNetwork(name, List.of(aliases), true);
    }

    /** This host's way to everywhere else. */
    private static String gateway() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/net/route"))) {
            String[] parts = line.split("\t");
            if (parts[1].equals("00000000")) {
                long address = Long.parseLong(parts[2], 16);
                return (address & 255) + "." + (address >> 8 & 255) + "." + (address >> 16 & 255) + "."
                        + (address >> 24 & 255);
            }
        }
        return "192.0.2.1";
    }

    private boolean finds(String container, String name) {
        ExecResult found = await(runtime.exec(
                container, List.of("/bin/busybox", "ping", "-c", "1", "-W", "2", name), Duration.ofSeconds(10)));
        return found.code() == 0;
    }

    private static List<String> networks() {
        return engine
                .client
                .listNetworksCmd()
                .withFilter("label", List.of(KnitLabels.CLUSTER + "=" + engine.cluster, KnitLabels.NETWORK))
                .exec()
                .stream()
                .map(it -> it.getLabels().get(KnitLabels.NETWORK))
                .sorted()
                .toList();
    }

    @Test
    @DisplayName("on a network they find each other by deployment and alias, and nobody who is not on it")
    void names() {
        String web = started("web", network("shop"), network("front"));
        String db = started("db", network("shop", "database"));
        String proxy = started("proxy", network("front", "edge"));
        String other = started("other", network("elsewhere"));
        assertThat(networks()).contains("elsewhere", "front", "shop");

        Stream.of("db", "database", "proxy", "edge")
                .forEach(name -> assertThat(finds(web, name)).as(name).isTrue());
        assertThat(finds(db, "web")).isTrue();
        assertThat(finds(proxy, "web")).isTrue();
        Stream.of("proxy", "edge", "other")
                .forEach(name -> assertThat(finds(db, name)).as(name).isFalse());
        assertThat(finds(other, "web")).isFalse();
        assertThat(seen(web).address()).isNotNull();
    }

    @Test
    @DisplayName(
            "who is on an internal network alone finds its neighbours by name and reaches nobody else, whose other networks lead out; one of the name that is not internal is refused while it is in use, and made again internal")
    void internal() throws IOException {
        String outside = gateway();
        String db = started("db", internal("back", "database"));
        String web = started("web", internal("back"), network("front"));
        String cache = started("cache", internal("back"));
        Stream.of("db", "database", "web")
                .forEach(name -> assertThat(finds(cache, name)).as(name).isTrue());
        assertThat(finds(web, "database")).isTrue();
        boolean leadsOut = finds(web, outside);
        assertThat(finds(db, outside)).as("there is no way out").isFalse();

        assertThatThrownBy(() -> started("lost", network("back")))
                .hasMessageContaining("the network back is there as one that is internal, with containers on it");
        Stream.of(db, web, cache).forEach(id -> await(runtime.remove(id, Duration.ZERO)));
        String open = started("open", network("back"));
        assertThat(finds(open, outside)).isEqualTo(leadsOut);
        assertThatThrownBy(() -> started("shut", internal("back")))
                .hasMessageContaining("the network back is there as one that is not internal");

        String later = started("later", internal("later"));
        await(runtime.stop(later, "KILL", Duration.ZERO));
        engine.client
                .removeNetworkCmd("knit." + engine.cluster + ".later.INTERNAL")
                .exec();
        await(runtime.start(later));
        assertThat(finds(later, outside)).as("made again as it was").isFalse();
        assumeTrue(leadsOut, () -> outside + " answers to no ping, so that nothing here shows whether it is reached");
    }

    @Test
    @DisplayName("a network goes after its last container, also one that does not run; others' stay")
    void goesAfterTheLast() {
        String foreign = engine.client
                .createNetworkCmd()
                .withName("foreign-" + engine.cluster)
                .withLabels(Map.of(KnitLabels.CLUSTER, engine.cluster))
                .exec()
                .getId();
        try {
            String web = started("web", network("shop"));
            String made = started("job", network("shop"), network("batch"));
            await(runtime.stop(made, "KILL", Duration.ZERO));
            await(runtime.snapshot(engine.cluster));
            await(runtime.remove(web, Duration.ZERO));
            started("last", network("third"));
            Awaitility.await()
                    .pollDelay(Duration.ofSeconds(4))
                    .atMost(PATIENCE)
                    .until(() -> networks().contains("third"));
            assertThat(networks()).contains("batch", "shop");
            await(runtime.remove(made, Duration.ZERO));
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> !networks().contains("shop") && !networks().contains("batch"));
            assertThat(networks()).contains("third");
            assertThat(engine.client
                            .inspectNetworkCmd()
                            .withNetworkId(foreign)
                            .exec()
                            .getId())
                    .isEqualTo(foreign);
        } finally {
            engine.client.removeNetworkCmd(foreign).exec();
        }
    }

    @Test
    @DisplayName("one that somebody removed meanwhile is made again for what starts on it")
    void madeAgain() {
        String web = started("web", network("shop"), network("front"));
        await(runtime.stop(web, "KILL", Duration.ZERO));
        Stream.of("shop", "front")
                .forEach(name -> engine.client
                        .removeNetworkCmd("knit." + engine.cluster + "." + name)
                        .exec());
        await(runtime.start(web));
        String db = started("db", network("front"));
        assertThat(finds(web, "db")).isTrue();
        assertThat(finds(db, "web")).isTrue();
    }

    @Test
    @DisplayName("who is made twice is on its networks all the same")
    void madeTwice() {
        String first = made("web", network("shop"), network("front"));
        assertThat(made("web", network("shop"), network("front"))).isEqualTo(first);
        await(runtime.start(first));
        String db = started("db", network("front"));
        assertThat(finds(db, "web")).isTrue();
    }

    @Test
    @DisplayName(
            "where it is reached is its address on its first network, whatever the engine thinks of their names; it is heard from any")
    void addresses() {
        String web = started("web", network("shop"), network("front"));
        String db = started("db", network("shop"));
        ContainerSnapshot there = seen(web);
        assertThat(finds(db, Objects.requireNonNull(there.address()))).isTrue();
        assertThat(there.addresses()).hasSize(2).contains(there.address());
        assertThat(seen(db).addresses()).containsExactly(seen(db).address());
    }
}
