package io.knit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.knit.api.model.DeploymentSpec;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.core.wire.Subjects;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.knit.testkit.sim.SeededIds;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import io.knit.testkit.transport.InMemoryTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A whole server tells of a commit in the order that its parts need. */
class NamesFirstTest {
    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop world = new SimulatedLoop(queue);
    private final InMemoryBus bus = new InMemoryBus(world);
    private final List<String> told = new ArrayList<>();

    @Test
    @DisplayName("the names of a stack are told before what makes its containers, which are to search them")
    void beforeTasks() {
        KnitServer server = KnitServer.builder()
                .withoutHttp()
                .loop(new SimulatedLoop(queue))
                .ids(new SeededIds(new Random(2)))
                .store(InMemoryStore.create())
                .transport(bus.connect("server"))
                .discovery(FixedDiscovery.none())
                .build();
        server.start();
        SimulatedLoop loop = new SimulatedLoop(queue);
        KnitAgent.builder()
                .nodeId("n1")
                .loop(loop)
                .ids(new SeededIds(new Random(3)))
                .transport(bus.connect("n1"))
                .runtime(new FakeRuntime(new FakeEngine("n1", world), loop))
                .discovery(FixedDiscovery.none())
                .dataDir(Jimfs.newFileSystem(Configuration.unix()).getPath("/data"))
                .build()
                .start();
        queue.runFor(Duration.ofSeconds(5));
        InMemoryTransport spy = bus.connect("spy");
        List.of(Subjects.NAMES_BROADCAST, Subjects.DEPLOY_BROADCAST)
                .forEach(subject -> spy.subscribe(subject, message -> told.add(message.subject())));
        queue.runFor(Duration.ofSeconds(1));
        told.clear();

        server.deploy(DeploymentSpec.builder("web", "web:1").build());
        queue.runFor(Duration.ofMillis(50));

        assertThat(told).startsWith(Subjects.NAMES_BROADCAST, Subjects.DEPLOY_BROADCAST);
    }
}
