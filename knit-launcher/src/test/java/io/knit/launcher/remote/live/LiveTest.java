package io.knit.launcher.remote.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.knit.api.model.PullProgress;
import io.knit.client.ChangeTerms;
import io.knit.client.KnitClient;
import io.knit.launcher.remote.RemoteFleet;
import io.knit.launcher.remote.screen.Terminal;
import io.knit.launcher.remote.show.Listings;
import io.knit.testkit.runtime.EngineCall;
import io.knit.testkit.runtime.EngineFault;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one sees while something changes, at a real server. */
class LiveTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Terminal SMALL = new Terminal(true, 70, 12, false);

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

    private static String spec(String name, int replicas) {
        return RemoteFleet.spec(name, "replicas: " + replicas + "\nupdate: {min_healthy: 0s}\n");
    }

    @Test
    @DisplayName("in a pipe: a line for each thing that happens, beside what is asked for")
    void lines() throws IOException {
        var typed = fleet.knit("deploy", "--wait", fleet.file("plain.yaml", spec("plain", 1)), "-o", "name");
        assertThat(typed.out().strip()).isEqualTo("plain");
        assertThat(typed.err().lines()).first().isEqualTo("plain is deployed: web:1");
        assertThat(typed.err()).containsPattern("(?m)^plain-0-\\w+ is (starting|preparing) on n[12]$");
        assertThat(fleet.done("undeploy", "plain", "--wait")).contains("plain is taken away");
    }

    @Test
    @DisplayName("on a screen: a bar and what is on its way, drawn over itself and gone in the end")
    void progress() throws IOException {
        Screen screen = new Screen();
        List.of("n1", "n2").forEach(node -> fleet.engine(node).script().slow(Duration.ofMillis(300)));
        KnitClient knit = KnitClient.of(URI.create(fleet.url()));
        var spec = JSON.createObjectNode()
                .put("name", "drawn")
                .put("image", "web:1")
                .put("pull", "never")
                .put("replicas", 2);
        ChangeTerms waiting = ChangeTerms.none().waiting(Duration.ofMinutes(1));
        ChangeProgress.during(knit, "drawn", new PrintWriter(screen), SMALL, () -> knit.deploy(spec, waiting));
        List.of("n1", "n2").forEach(node -> fleet.engine(node).script().slow(Duration.ZERO));

        assertThat(screen.shown()).isEmpty();
        assertThat(screen.seen())
                .anyMatch(shown -> shown.contains("drawn revision 1  ░░░░░░░░░░░░░░░░░░░░ 0/2  deploying")
                        && shown.matches("(?s).*drawn-0-\\w+  1         n[12]    (assigned|preparing|starting).*"));
        fleet.done("undeploy", "drawn", "--wait");
    }

    @Test
    @DisplayName("of an image that is fetched it is shown how far that has come, drawn or as lines")
    void pulls() throws Exception {
        Screen screen = new Screen();
        List.of("n1", "n2")
                .forEach(node -> fleet.engine(node)
                        .script()
                        .pullProgress(new PullProgress(30 << 20, 120 << 20))
                        .faults(call -> call == EngineCall.PULL
                                ? new EngineFault(EngineFault.Kind.NONE, Duration.ofSeconds(7))
                                : EngineFault.NONE));
        KnitClient knit = KnitClient.of(URI.create(fleet.url()));
        var spec = JSON.createObjectNode().put("name", "large").put("image", "web:1");
        ChangeTerms waiting = ChangeTerms.none().waiting(Duration.ofMinutes(1));
        StringWriter lines = new StringWriter();
        Thread piped = new Thread(() -> ChangeProgress.during(
                knit, "large", new PrintWriter(lines), Terminal.NONE, () -> knit.deploy(spec, waiting)));
        piped.start();
        ChangeProgress.during(knit, "large", new PrintWriter(screen), SMALL, () -> knit.deploy(spec, waiting));
        piped.join();
        List.of("n1", "n2")
                .forEach(node -> fleet.engine(node).script().pullProgress(null).faults(call -> EngineFault.NONE));

        assertThat(screen.seen())
                .anyMatch(shown -> shown.contains("█████░░░░░░░░░░░░░░░ fetches its image: 30.0 MiB of 120 MiB"));
        assertThat(lines.toString().lines())
                .filteredOn(line -> line.contains("fetches"))
                .singleElement()
                .asString()
                .matches("large-0-\\w+ fetches its image: 30.0 MiB of 120 MiB");
        fleet.done("undeploy", "large", "--wait");
    }

    @Test
    @DisplayName("a live view shows what comes and goes, and ends when that is gone")
    void watch() throws Exception {
        KnitClient knit = KnitClient.of(URI.create(fleet.url()));
        fleet.done("deploy", "--wait", fleet.file("seen.yaml", spec("seen", 1)));
        Screen screen = new Screen();
        Thread watching = new Thread(() -> Watch.show(
                knit,
                null,
                knit::deployments,
                all -> List.of(Listings.names(all.path("deployments"), "name") + " "
                        + all.path("deployments").path(0).path("revision")),
                new PrintWriter(screen),
                SMALL));
        watching.start();
        Awaitility.await().until(() -> screen.shown().equals("[seen] 1\n"));
        fleet.done("scale", "seen", "2", "--wait");
        Awaitility.await().until(() -> screen.shown().equals("[seen] 2\n"));
        fleet.done("undeploy", "seen", "--wait");
        Awaitility.await().until(() -> screen.shown().equals("[] \n"));
        watching.interrupt();
        watching.join();
        assertThat(fleet.knit("status", "seen", "--watch").exitCode()).isEqualTo(3);
    }

    @Test
    @DisplayName("what no event tells of is looked at again and again, and a server that is away is said")
    void sampled() throws Exception {
        KnitClient nobody = KnitClient.of(URI.create("http://127.0.0.1:1"));
        AtomicInteger looks = new AtomicInteger();
        Screen screen = new Screen();
        Thread watching = new Thread(() -> Watch.sampled(
                Duration.ofMillis(10),
                () -> {
                    int look = looks.incrementAndGet();
                    return look == 2 ? nobody.nodes() : JSON.createObjectNode().put("look", Math.min(look, 3));
                },
                seen -> List.of("look " + seen.path("look")),
                new PrintWriter(screen),
                SMALL));
        watching.start();
        Awaitility.await().until(() -> screen.shown().equals("look 3\n"));
        assertThat(screen.seen())
                .anyMatch(shown -> shown.startsWith("look 1\n\nas it was when the server was last heard"));
        watching.interrupt();
        watching.join();
    }
}
