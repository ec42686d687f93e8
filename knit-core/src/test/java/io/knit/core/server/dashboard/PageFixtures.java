package io.knit.core.server.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.Instance;
import io.knit.api.model.InstanceState;
import io.knit.api.model.NodeState;
import io.knit.api.model.Observed;
import io.knit.api.model.PortBinding;
import io.knit.api.model.Protocol;
import io.knit.core.server.http.ApiServer;
import io.knit.core.server.http.FakeOrchestrator;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What is shown on the pages that tests look at. */
final class PageFixtures {
    static final String EVIL = "<script>alert(1)</script>\"'&";

    private PageFixtures() {}

    /** One of everything, with this text wherever users' text goes. */
    static void busy(ApiServer server, String text) {
        server.orchestrator.node("n1", NodeState.READY, Map.of("region", text), text, text);
        server.orchestrator.peer("other", text, "10.54.0.99");
        List<PortBinding> ports = List.of(
                new PortBinding("10.54.0.15", 8080, 80, Protocol.TCP),
                new PortBinding("10.54.0.15", 53, 53, Protocol.UDP),
                new PortBinding("0.0.0.0", 83, 80, Protocol.TCP),
                new PortBinding("::1", 81, 80, Protocol.TCP));
        Instance running = Instance.pending(
                        "web-0-x", "web", 1, 0, 0, List.of(), FakeOrchestrator.NOW, text, FakeOrchestrator.NOW)
                .placedOn("n1", ports, FakeOrchestrator.NOW)
                .with(new Observed(InstanceState.RUNNING, text, 2, false, 1, FakeOrchestrator.NOW));
        server.orchestrator.put(
                DeploymentSpec.builder("web", text).nodeSelector("k", text).build(),
                DeploymentStatus.RUNNING,
                List.of(running));
        server.orchestrator.event("instance.running", "web", "web-0-x", "n1", text);
    }

    static Instance instance(String deployment, int revision, int slot, InstanceState state, boolean failing) {
        return Instance.pending(
                        deployment + "-" + slot + "-r" + revision,
                        deployment,
                        revision,
                        slot,
                        0,
                        List.of(),
                        FakeOrchestrator.NOW,
                        "",
                        FakeOrchestrator.NOW)
                .placedOn("n1", List.of(new PortBinding("10.54.0.15", 8080, 80, Protocol.TCP)), FakeOrchestrator.NOW)
                .with(new Observed(
                        state,
                        failing ? "ended with exit code 3" : "",
                        failing ? 5 : 0,
                        failing,
                        1,
                        FakeOrchestrator.NOW));
    }

    static Instance pendingOf(String deployment, String node) {
        return Instance.pending(
                        deployment + "-0-" + node,
                        deployment,
                        1,
                        0,
                        0,
                        List.of(),
                        FakeOrchestrator.NOW,
                        "",
                        FakeOrchestrator.NOW)
                .keyed(node);
    }

    static String[] with(String[] fields, String name, String value) {
        String[] more = Arrays.copyOf(fields, fields.length + 2);
        more[fields.length] = name;
        more[fields.length + 1] = value;
        return more;
    }

    static void refused(HttpResponse<String> answer, String... words) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(answer.body().replace("&quot;", "\"")).contains(words);
    }
}
