package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.able;
import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.JobRun;
import io.knit.api.model.Node;
import io.knit.api.model.NodeState;
import io.knit.api.model.Observed;
import io.knit.core.server.admission.Admission;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.template.TemplateEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of modes in docs/spec.md are read, taken and run. */
class ModesPageTest {
    private static final Pattern EXAMPLE = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

    private final PureCluster cluster = new PureCluster(PureCluster.RUNS, () -> {});

    private static List<DeploymentSpec> examples() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "spec.md"));
        String section = page.substring(page.indexOf("## Modes"), page.indexOf("## Where instances go"));
        return EXAMPLE.matcher(section)
                .results()
                .map(it -> new Admission(new TemplateEngine())
                        .admit(SpecReader.read(it.group(1).getBytes(StandardCharsets.UTF_8))))
                .toList();
    }

    @Test
    void theLogShipperIsOnEachLinuxNode() throws IOException {
        DeploymentSpec spec = examples().get(0);
        assertThat(spec.name()).isEqualTo("log-shipper");
        cluster.join(node("a", Map.of("logs", "yes")));
        cluster.join(node("b", Map.of("logs", "yes")));
        cluster.join(node("c", Map.of()));
        cluster.run(new Command.Deploy(spec, null));
        cluster.settle();

        assertThat(cluster.instances(spec.name()))
                .allMatch(it -> it.state() == InstanceState.RUNNING)
                .extracting(Instance::node)
                .containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void theShopWaitsForItsDatabaseAndItsMigration() throws IOException {
        DeploymentSpec spec = examples().get(3);
        cluster.join(node("a", Map.of()));
        cluster.run(new Command.Deploy(spec, null));
        cluster.run(new Command.Deploy(DeploymentSpec.builder("shop-db", "db:1").build(), null));
        cluster.settle();

        assertThat(cluster.instances(spec.name()))
                .hasSize(2)
                .allSatisfy(it -> assertThat(it.reason())
                        .isEqualTo("waits until there is a deployment shop-migrate, on which it depends"));

        cluster.run(new Command.Deploy(
                DeploymentSpec.builder("shop-migrate", "shop:4").build(), null));
        cluster.settle();
        assertThat(cluster.instances(spec.name())).allMatch(it -> it.state() == InstanceState.RUNNING);
    }

    @Test
    void theReportIsMadeAtNight() throws IOException {
        DeploymentSpec spec = examples().get(2);
        PureCluster nights = new PureCluster(
                (instance, now) -> instance.observed().state() == null
                        ? new Observed(InstanceState.FAILED, "ended with exit code 0", 0, false, 1, now)
                        : null,
                () -> {});
        Node plain = node("a", Map.of());
        nights.join(node("a", NodeState.READY, able(plain.facts(), List.of("restart"))));
        nights.run(new Command.Deploy(spec, null));
        // a Thursday: Saturday and Sunday there is none
        nights.goTo(Instant.parse("2026-01-06T12:00:00Z"));

        assertThat(Objects.requireNonNull(nights.deployment(spec.name()).cron()).runs())
                .allMatch(it -> it.run().phase() == JobRun.Phase.COMPLETED)
                .extracting(it -> it.due().toString())
                .containsExactly("2026-01-02T01:30:00Z", "2026-01-05T01:30:00Z", "2026-01-06T01:30:00Z");
    }

    @Test
    void theThumbnailsAreMade() throws IOException {
        DeploymentSpec spec = examples().get(1);
        PureCluster ends = new PureCluster(
                (instance, now) -> instance.observed().state() == null
                        ? new Observed(InstanceState.FAILED, "ended with exit code 0", 0, false, 1, now)
                        : null,
                () -> {});
        Node plain = node("a", Map.of());
        ends.join(node("a", NodeState.READY, able(plain.facts(), List.of("restart"))));
        ends.run(new Command.Deploy(spec, null));
        ends.settle();

        assertThat(ends.deployment(spec.name()).run()).satisfies(run -> {
            assertThat(run.phase()).isEqualTo(JobRun.Phase.COMPLETED);
            assertThat(run.completed()).containsExactly(0, 1, 2, 3);
        });
    }
}
