package io.knit.plugin.nats;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.knit.api.AgentTiming;
import io.knit.core.KnitAgent;
import io.knit.core.KnitAgentBuilder;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.knit.testkit.sim.FullDisk;
import io.knit.testkit.transport.InMemoryBus;
import io.vertx.core.Future;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** An agent that is known already has its key for NATS still to make. */
class KeyOnAFullDiskTest {
    private final ThreadLoop loop = new ThreadLoop("full");

    private KnitAgentBuilder agent(Path data) {
        return KnitAgent.builder()
                .nodeId("n1")
                .hostname("n1-host")
                .dataDir(data)
                .timing(AgentTiming.DEFAULT.withHeartbeat(Duration.ofSeconds(1)))
                .runtime(new FakeRuntime(new FakeEngine("n1", loop), loop))
                .discovery(FixedDiscovery.none());
    }

    @Test
    @DisplayName("an agent that can't keep its key waits for room, and goes on when there is some")
    void heals() throws Exception {
        try (FileSystem small = Jimfs.newFileSystem(Configuration.unix().toBuilder()
                        .setAttributeViews("posix")
                        .setMaxSize(1 << 20)
                        .build());
                loop) {
            Path data = small.getPath("/data");
            KnitAgent before =
                    agent(data).transport(new InMemoryBus(loop).connect("n1")).build();
            await(before.start());
            await(before.close());
            FullDisk disk = new FullDisk(small.getPath("/filler"));
            disk.fill();

            KnitAgent agent =
                    agent(data).config(NatsPlugin.URL, "nats://127.0.0.1:1").build();
            try {
                Future<KnitAgent> start = agent.start();
                Awaitility.await().during(Duration.ofSeconds(2)).until(() -> !start.isComplete());
                assertThat(data.resolve("agent.nkey")).doesNotExist();
                disk.free();
                await(start);
                assertThat(Files.size(data.resolve("agent.nkey"))).isPositive();
            } finally {
                await(agent.close());
            }
        }
    }
}
