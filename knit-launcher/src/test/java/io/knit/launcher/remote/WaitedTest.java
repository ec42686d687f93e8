package io.knit.launcher.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.launcher.Typed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes that are waited for, on a fleet of its own: a rebalancing moves what others deploy. */
class WaitedTest {
    @TempDir
    static Path folder;

    private static RemoteFleet fleet;

    @BeforeAll
    static void start() {
        fleet = new RemoteFleet(folder);
    }

    @AfterAll
    static void close() throws Exception {
        fleet.close();
    }

    @Test
    @DisplayName("--wait and --if-revision are offered where the server takes them, and nowhere else")
    void waits() throws IOException {
        String file = fleet.file("spread.yaml", RemoteFleet.spec("spread", "replicas: 2\nupdate: {min_healthy: 0s}"));
        fleet.done("node", "pause", "n2");
        fleet.done("deploy", file, "--wait");
        assertThat(fleet.done("node", "activate", "n2", "--wait")).contains("n2 is active");
        assertThat(fleet.done("rebalance", "--wait")).contains("spread-", "n2");
        assertThat(fleet.done("ps", "spread")).contains("n1", "n2").doesNotContain("stopping");
        assertThat(fleet.done("pause", "spread", "--wait", "--if-revision", "1"))
                .contains("spread paused");
        assertThat(fleet.done("resume", "spread", "--wait", "--if-revision", "1"))
                .contains("spread goes on");
        assertThat(fleet.done("undeploy", "spread", "--wait", "--if-revision", "1"))
                .contains("spread is taken away");

        for (String typed : List.of(
                "node pause n2 --wait",
                "node rm n2 --timeout 1s",
                "node drain n2 --if-revision 1",
                "node activate n2 --if-revision 1",
                "rebalance --if-revision 1",
                "plan " + file + " --wait")) {
            assertThat(fleet.knit(typed.split(" ")))
                    .as(typed)
                    .satisfies(it -> assertThat(it.exitCode()).isEqualTo(2))
                    .satisfies(it -> assertThat(it.err()).contains("Unknown option"));
        }
    }

    @Test
    @DisplayName("other labels have settled once what they start there runs, and what they end is gone, or say why not")
    void labels() throws IOException {
        String each = "mode: global\nnode_selector: {disk: ssd}\nupdate: {min_healthy: 0s}";
        fleet.done("deploy", fleet.file("each.yaml", RemoteFleet.spec("each", each)));
        assertThat(fleet.done("node", "label", "n2", "rack=7", "--wait")).contains("n2 has other labels");
        fleet.done("node", "label", "n2", "disk=ssd", "--wait");
        assertThat(fleet.done("ps", "each")).contains("n2", "running").doesNotContain("n1");
        fleet.done("node", "label", "n2", "disk-", "--wait");
        assertThat(fleet.done("ps", "each")).doesNotContain("n2");

        String large = each + "\nresources: {memory: 900GiB}";
        fleet.done("deploy", fleet.file("large.yaml", RemoteFleet.spec("each", large)));
        Typed typed = fleet.knit("node", "label", "n2", "disk=ssd", "--timeout=300ms");
        assertThat(typed.exitCode()).isEqualTo(Exit.TIMED_OUT);
        assertThat(typed.err()).contains("n2 has not settled", "each-", "memory");
        fleet.done("node", "label", "n2", "disk-");
        fleet.done("undeploy", "each", "--wait");
    }
}
