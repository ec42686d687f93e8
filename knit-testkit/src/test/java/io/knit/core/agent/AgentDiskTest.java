package io.knit.core.agent;

import static io.knit.core.agent.AgentRig.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.knit.api.model.InstanceState;
import io.knit.testkit.sim.FullDisk;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The disk of an agent's data folder is full for a while. */
class AgentDiskTest {
    private static final String TROUBLE = "the agent's data folder can't be written";

    private final Path dataDir = Jimfs.newFileSystem(Configuration.unix().toBuilder()
                    .setAttributeViews("basic", "owner", "posix", "unix")
                    .setMaxSize(2 << 20)
                    .build())
            .getPath("/data/agent");
    private final AgentRig rig = new AgentRig(1, dataDir);
    private final FullDisk disk = new FullDisk(dataDir.getFileSystem().getPath("/filler"));

    private String condition() {
        return rig.server.lastHeartbeat().condition();
    }

    @Test
    @DisplayName(
            "what is assigned can't be kept: it says so, stops what is to stop, starts nothing, and goes on when there is room")
    void assignments() {
        rig.server.run("old", spec());
        rig.joinedAgent();
        rig.untilState("old", InstanceState.RUNNING);
        disk.fill();
        rig.server.stop("old");
        // larger than what the set of before leaves when it makes room
        rig.server.run("new", spec(it -> it.env("LARGE", "x".repeat(100_000))));
        rig.until(() -> condition().contains(TROUBLE));
        rig.untilReason("new", TROUBLE);
        rig.untilState("old", InstanceState.STOPPED);
        rig.settle();
        assertThat(rig.engine.containers()).isEmpty();

        disk.free();
        rig.untilState("new", InstanceState.RUNNING);
        rig.until(() -> condition().isEmpty());
        assertThat(rig.states()).hasSize(1);
    }

    @Test
    @DisplayName("killed while its disk is full, an agent does not start what was stopped, and adopts what runs")
    void killed() {
        rig.server.run("old", spec());
        rig.server.run("stays", spec());
        rig.joinedAgent();
        rig.untilState("old", InstanceState.RUNNING);
        rig.untilState("stays", InstanceState.RUNNING);
        disk.fill();
        rig.server.stop("old");
        rig.server.run("new", spec(it -> it.env("LARGE", "x".repeat(100_000))));
        rig.untilState("old", InstanceState.STOPPED);
        rig.killAgent();
        rig.server.silent = true;
        disk.free();
        rig.startAgent().start();
        rig.settle();
        assertThat(rig.states()).hasSize(1);
        rig.server.silent = false;
        rig.untilState("new", InstanceState.RUNNING);
        assertThat(rig.states()).hasSize(2);
        assertThat(rig.engine.history().starts(labels -> true)).isEqualTo(3);
    }

    @Test
    @DisplayName("files can't be rendered: it says so, and goes on when there is room")
    void rendering() {
        AtomicInteger size = new AtomicInteger(3 << 20);
        rig.renderer = (content, model) -> "x".repeat(size.get());
        rig.server.run("a", spec(it -> it.template("/a", "a")));
        rig.joinedAgent();
        rig.until(() -> condition().contains(TROUBLE));
        rig.untilReason("a", TROUBLE);
        size.set(1);
        rig.untilState("a", InstanceState.RUNNING);
        rig.until(() -> condition().isEmpty());
    }

    @Test
    @DisplayName("an instance whose files can't be rendered can be stopped, and the node is well again")
    void stopsTheUnrendered() {
        rig.renderer = (content, model) -> "x".repeat(3 << 20);
        rig.server.run("a", spec(it -> it.template("/a", "a")));
        rig.joinedAgent();
        rig.until(() -> condition().contains(TROUBLE));
        rig.server.stop("a");
        rig.untilState("a", InstanceState.STOPPED);
        rig.until(() -> condition().isEmpty());
        assertThat(rig.renderedFiles()).isEmpty();
    }
}
