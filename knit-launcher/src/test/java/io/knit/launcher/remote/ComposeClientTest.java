package io.knit.launcher.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.knit.client.ChangeAnswer;
import io.knit.client.ChangeTerms;
import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Compose file by {@link KnitClient#compose}, as a Java program gives it. */
class ComposeClientTest {
    @TempDir
    static Path folder;

    private static RemoteFleet fleet;
    private static KnitClient client;

    @BeforeAll
    static void start() {
        fleet = new RemoteFleet(folder);
        client = KnitClient.of(URI.create(fleet.url()));
    }

    @AfterAll
    static void close() throws Exception {
        fleet.close();
    }

    private static ObjectNode file(String text) {
        return new ObjectMapper().createObjectNode().put("file", text).put("project", "shop");
    }

    @Test
    @DisplayName("it is planned without a trace, deployed and waited for, and what left it is pruned")
    void stack() {
        ObjectNode two = file("services: {db: {image: 'web:1'}, web: {image: 'web:${TAG}', depends_on: [db]}}");
        two.putObject("env").put("TAG", "1");
        ChangeAnswer planned = client.compose(two, ChangeTerms.none().rehearsed());
        assertThat(planned.body().path("plans").findValuesAsText("command"))
                .containsExactly("deploy shop-db", "deploy shop-web");
        assertThat(client.deployments().path("deployments")).isEmpty();

        ChangeAnswer made = client.compose(two, ChangeTerms.none().waiting(Duration.ofMinutes(1)));
        assertThat(made.settled()).as(made.unsettled()).isTrue();
        assertThat(made.body().path("deployments"))
                .extracting(one -> one.path("name").asText())
                .containsExactly("shop-db", "shop-web");

        ObjectNode one = file("services: {db: {image: 'web:1'}}").put("prune", true);
        ChangeAnswer pruned = client.compose(one, ChangeTerms.none());
        assertThat(pruned.settled()).isFalse();
        assertThat(pruned.body().path("removed"))
                .singleElement()
                .satisfies(gone -> assertThat(gone.asText()).isEqualTo("shop-web"));
    }

    @Test
    @DisplayName("what is wrong is told with line and column, all of it at once")
    void refused() {
        assertThatThrownBy(() -> client.compose(
                        file(
                                "services:\n  a:\n    image: 'web:1'\n    tmpfs: run\n  b:\n    image: 'web:1'\n    hostname: a_b\n"),
                        ChangeTerms.none()))
                .isInstanceOfSatisfying(KnitClientException.class, e -> {
                    assertThat(e.kind()).isEqualTo(KnitClientException.Kind.REFUSED);
                    assertThat(e.problems())
                            .extracting(KnitClientException.Problem::detail)
                            .satisfiesExactly(
                                    first -> assertThat(first).startsWith("compose.yaml:4:12: "),
                                    second -> assertThat(second).startsWith("compose.yaml:7:5: "));
                });
    }
}
