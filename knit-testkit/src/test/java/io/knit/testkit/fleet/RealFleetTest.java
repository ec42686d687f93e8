package io.knit.testkit.fleet;

import static io.knit.testkit.fleet.FleetAssertions.assertThat;
import static io.knit.testkit.fleet.FleetAssertions.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The extension in real time: threads, a REST API, files. Two of its tests run at once and don't meet. */
@KnitFleet(agents = 2, time = KnitFleet.Time.REAL)
@Execution(ExecutionMode.CONCURRENT)
class RealFleetTest {
    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void whatComesOverRestRuns(TestFleet fleet, URI api) throws IOException, InterruptedException {
        HttpRequest.Builder post = HttpRequest.newBuilder(api.resolve("/deployments"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"name\": \"web\", \"image\": \"nginx:1\", \"node_selector\": {\"name\": \"node-1\"}}"));
        assertThat(send(post).statusCode()).isEqualTo(202);

        assertThat(fleet).deployment("web").isRunning().runsOn(node("node-1"));
        assertThat(fleet.containers("node-1")).hasSize(1);
        assertThat(send(HttpRequest.newBuilder(api.resolve("/deployments"))).body())
                .contains("\"web\"");
    }

    @Test
    void anAgentGoesAndComesBackToWhatItHad(TestFleet fleet) {
        fleet.deploy(DeploymentSpec.builder("web", "nginx:1").replicas(2).build());
        assertThat(fleet).deployment("web").isRunning();

        fleet.stopAgent("node-0");
        assertThat(fleet.containers("node-0")).hasSize(1);
        fleet.startAgent("node-0");

        assertThat(fleet).deployment("web").isRunning().hasRunning(2);
        assertThatThrownBy(() -> fleet.runFor(Duration.ofSeconds(1)))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("time = VIRTUAL");
        assertThatThrownBy(() -> fleet.stopAgent("node-7")).hasMessageContaining("there are [node-0, node-1]");
    }

    @Test
    void whatWentByItselfWhileTheFleetIsClosedIsNoFault() {
        KnitException absent = new KnitException(ErrorCode.NOT_FOUND, "there is no volume a/0/data");
        KnitException inUse = new KnitException(ErrorCode.IN_USE, "volume a/0/data is in use");

        assertThat(RealFleet.gone(Future.failedFuture(absent)).succeeded()).isTrue();
        assertThat(RealFleet.gone(Future.failedFuture(inUse)).cause()).isSameAs(inUse);
    }

    @Test
    void anAgentThatCouldNotStartDoesNotRun() throws IOException {
        RealFleet fleet = RealFleet.start(List.of(Map.of()), false);
        try {
            fleet.stopAgent("node-0");
            Path home = fleet.server().settings().dataDir().resolveSibling("node-0");
            Files.move(home, home.resolveSibling("kept"));
            Files.createFile(home);
            assertThatThrownBy(() -> fleet.startAgent("node-0")).hasMessageContaining("node-0");
            assertThatThrownBy(() -> fleet.startAgent("node-0")).hasMessageContaining("node-0");

            Files.delete(home);
            Files.move(home.resolveSibling("kept"), home);
            fleet.startAgent("node-0");
            fleet.deploy(DeploymentSpec.builder("web", "nginx:1").build());
            assertThat(fleet).deployment("web").isRunning();
        } finally {
            fleet.close();
        }
    }

    /** No plugin for Docker is on the class path here. */
    @Test
    void aFleetThatCouldNotStartSaysWhy() {
        assertThatThrownBy(() -> RealFleet.start(List.of(Map.of()), true))
                .hasMessageContaining("ContainerRuntime")
                .hasNoSuppressedExceptions();
    }

    @Test
    void closedNothingIsLeft() {
        RealFleet fleet = RealFleet.start(List.of(Map.of()), false);
        URI api = fleet.api().orElseThrow();
        Path folder = fleet.server().settings().dataDir().getParent();
        assertThat(folder).isDirectory();

        fleet.close();

        assertThat(Files.exists(folder)).isFalse();
        assertThatThrownBy(() -> send(HttpRequest.newBuilder(api))).isInstanceOf(IOException.class);
    }
}
