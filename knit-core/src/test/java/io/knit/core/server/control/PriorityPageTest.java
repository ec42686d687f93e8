package io.knit.core.server.control;

import static io.knit.core.server.Fixtures.node;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Command;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.InstanceState;
import io.knit.api.model.Node;
import io.knit.api.model.Resources;
import io.knit.core.server.Fixtures;
import io.knit.core.server.admission.Admission;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.spec.SpecTable;
import io.knit.core.template.TemplateEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The example of docs/spec.md is read, taken and run. */
class PriorityPageTest {
    @Test
    void theReportMakesRoomForTheCheckout() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "spec.md"));
        String section = page.substring(page.indexOf("## Who goes first"));
        String json = section.substring(section.indexOf("```json") + 7);
        DeploymentSpec checkout = new Admission(new TemplateEngine())
                .admit(SpecReader.read(json.substring(0, json.indexOf("```")).getBytes(StandardCharsets.UTF_8)));
        PureCluster cluster = new PureCluster(PureCluster.RUNS, () -> {});
        for (String id : new String[] {"node-a", "node-b"}) {
            Node plain = node(id, Map.of());
            cluster.join(plain.with(Fixtures.able(plain.facts(), SpecTable.features())));
        }
        cluster.run(new Command.Deploy(
                DeploymentSpec.builder("report", "report:1")
                        .replicas(2)
                        .resources(Resources.DEFAULT.withCpu(1_000))
                        .build(),
                null));
        cluster.run(new Command.Deploy(checkout, null));
        cluster.settle();
        assertThat(cluster.instances("checkout")).hasSize(2).allMatch(it -> it.state() == InstanceState.RUNNING);
        assertThat(cluster.instances("report"))
                .hasSize(2)
                .allSatisfy(it -> assertThat(it.reason())
                        .isEqualTo("pushed out by checkout (priority 800), for which nothing else made room"));
    }
}
