package io.knit.launcher.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.launcher.Typed;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineFault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Moves typed at a real server with two agents, whose engines alone are fakes. */
class VolumeMovesTest {
    private static final String SPEC = "volumes: [{name: data, destination: /data}]\n";

    @TempDir
    Path folder;

    private String from = "";
    private String to = "";

    private void deploy(RemoteFleet fleet) throws IOException {
        fleet.done("deploy", fleet.file("books.yaml", RemoteFleet.spec("books", SPEC)), "--wait");
        from = fleet.json("volume", "ls", "-o", "json").at("/volumes/0/node").asText();
        to = from.equals("n1") ? "n2" : "n1";
        fleet.engine(from).writeTo(volume(fleet, from), "/page", "hello".getBytes(StandardCharsets.UTF_8));
    }

    private static String volume(RemoteFleet fleet, String node) {
        return fleet.engine(node).volumes().stream()
                .map(VolumeSnapshot::name)
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode on(RemoteFleet fleet, String node) throws IOException {
        for (JsonNode volume : fleet.json("volume", "ls", "-o", "json").path("volumes")) {
            if (volume.path("node").asText().equals(node)) {
                return volume;
            }
        }
        throw new AssertionError("no volume on " + node);
    }

    @Test
    @DisplayName("waits until it is there with its data; the old copy is shown as one, and goes when it is said")
    void moved() throws Exception {
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            deploy(fleet);
            Typed typed = fleet.knit("volume", "move", "books", "0", "--to", to, "--wait");
            assertThat(typed.exitCode()).as(typed.err()).isZero();
            assertThat(typed.out()).contains("slot 0 of books is moved to " + to, "knit volume rm");
            assertThat(fleet.engine(to).filesOf(volume(fleet, to)).get("/page"))
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("hello");
            assertThat(on(fleet, from).path("moved_to").asText()).isEqualTo(to);
            assertThat(fleet.done("volume", "ls")).contains(to);
            fleet.done("status", "books");
            assertThat(fleet.json("volume", "get", "books", "0", "data", "--node", to, "-o", "json"))
                    .isEqualTo(on(fleet, to));
            assertThat(fleet.done("volume", "get", "books", "0", "data", "--node", from)
                            .lines()
                            .skip(1))
                    .singleElement(STRING)
                    .contains("old copy, moved to " + to);
            assertThat(fleet.knit("volume", "get", "books", "0", "none").exitCode())
                    .isEqualTo(Exit.NOT_FOUND);
            fleet.done("volume", "rm", "books", "0", "data", "--node", from);
        }
    }

    @Test
    @DisplayName(
            "what would be in vain, or says two things, is refused in words; nothing is asked of a server for that")
    void refused() throws Exception {
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            deploy(fleet);
            Typed there = fleet.knit("volume", "move", "books", "0", "--to", from, "--wait");
            assertThat(there.exitCode()).isEqualTo(Exit.REFUSED);
            assertThat(there.err()).contains("its volumes are on " + from, "Nothing was changed");
            assertThat(fleet.knit("volume", "move", "books", "0", "--to", "n9").err())
                    .contains("there is no node n9");
            assertThat(fleet.knit("volume", "move", "books", "7", "--to", to).err())
                    .contains("no volume holds that slot");
            Typed none = fleet.knit("volume", "move", "books", "0");
            assertThat(none.exitCode()).isEqualTo(Exit.USAGE);
            assertThat(none.err()).contains("give the node to which it goes with --to");
            Typed both = fleet.knit("volume", "move", "books", "0", "--cancel", "--timeout", "3s");
            assertThat(both.exitCode()).isEqualTo(Exit.USAGE);
            assertThat(fleet.knit("volume", "move", "books", "0", "--to", to, "--timeout", "soon")
                            .err())
                    .contains("--timeout must be a time");
            assertThat(fleet.knit("volume", "move", "books", "0", "--cancel").err())
                    .contains("no move of slot 0 of books is under way");
            assertThat(on(fleet, from).has("move")).isFalse();
        }
    }

    @Test
    @DisplayName("who waits for so long only is told that it goes on, and who ends it where it stays")
    void heldUp() throws Exception {
        try (RemoteFleet fleet = new RemoteFleet(folder)) {
            deploy(fleet);
            fleet.engine(from)
                    .script()
                    .faults(call -> call == EngineCall.REMOVE
                            ? new EngineFault(EngineFault.Kind.FAIL, Duration.ZERO)
                            : EngineFault.NONE);
            Typed late = fleet.knit("volume", "move", "books", "0", "--to", to, "--timeout", "1s");
            assertThat(late.exitCode()).as(late.err()).isEqualTo(Exit.TIMED_OUT);
            assertThat(late.err()).contains("slot 0 of books is not moved yet", "it goes on: knit volume ls");
            Typed ended = fleet.knit("volume", "move", "books", "0", "--cancel");
            assertThat(ended.exitCode()).as(ended.err()).isZero();
            assertThat(ended.out()).contains("stays where it was");
            assertThat(on(fleet, from).has("moved_to")).isFalse();
        }
    }
}
