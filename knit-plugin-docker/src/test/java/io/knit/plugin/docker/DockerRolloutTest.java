package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.HealthSpec;
import io.knit.api.model.HttpCheck;
import io.knit.api.model.Instance;
import io.knit.api.model.PortBinding;
import io.knit.api.model.PortSpec;
import io.knit.api.model.Protocol;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.Rollout;
import io.knit.api.model.Update;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A server, an agent and a real engine under a steady load: what a rollout costs those who use the service. */
class DockerRolloutTest extends EngineServerTest {
    DockerRolloutTest() {
        super("rolled");
    }

    @BeforeEach
    void startAgent() {
        await(agent.start());
    }

    private DeploymentView view() {
        return server.snapshot().deployment(name).orElseThrow();
    }

    private Rollout rollout() {
        return view().deployment().rollout();
    }

    /** Serves the word; one that is to break answers 404 to its check. */
    private DeploymentSpec spec(String word) {
        return DeploymentSpec.builder(name, engine.image)
                .pull(PullPolicy.NEVER)
                .replicas(2)
                .port(new PortSpec("127.0.0.1", 0, 80, Protocol.TCP))
                .command(List.of("sh", "-c"))
                .args(List.of("busybox mkdir -p /www; echo " + word + " > /www/word; "
                        + (word.equals("broken") ? "" : "echo ok > /www/healthz; ")
                        + "exec busybox httpd -f -p 80 -h /www"))
                .health(HealthSpec.of(new HttpCheck("/healthz", 80))
                        .timed(Duration.ofMillis(200), Duration.ofSeconds(1), 2, Duration.ofSeconds(1)))
                .update(Update.DEFAULT
                        .withMinHealthy(Duration.ofMillis(500))
                        .withDeadlines(Duration.ofSeconds(20), Duration.ofMinutes(1)))
                .build();
    }

    /** One who uses the service: asks an instance that is said to work, and another one if that refuses. */
    private final class User implements AutoCloseable {
        private final Map<String, Integer> answers = new TreeMap<>();
        private final List<String> failures = new ArrayList<>();
        private final Thread thread = new Thread(this::ask, "user");
        private volatile boolean leaving;

        User() {
            thread.start();
        }

        private void ask() {
            for (int turn = 0; !leaving; turn++) {
                try {
                    answers.merge(get(turn), 1, Integer::sum);
                } catch (ConnectException refused) {
                    try {
                        answers.merge(get(turn + 1), 1, Integer::sum);
                    } catch (IOException e) {
                        failures.add("again: " + e);
                    }
                } catch (IOException e) {
                    failures.add(String.valueOf(e));
                }
            }
        }

        private String get(int turn) throws IOException {
            List<Instance> working = view().instances().stream()
                    .filter(i -> i.isLive() && i.isHealthy())
                    .toList();
            if (working.isEmpty()) {
                throw new IOException("nothing works");
            }
            PortBinding port = working.get(turn % working.size()).ports().get(0);
            HttpURLConnection http = (HttpURLConnection) URI.create("http://127.0.0.1:" + port.hostPort() + "/word")
                    .toURL()
                    .openConnection();
            http.setConnectTimeout(2_000);
            http.setReadTimeout(5_000);
            try (var body = http.getInputStream()) {
                return new String(body.readAllBytes(), StandardCharsets.UTF_8).trim();
            }
        }

        @Override
        public void close() throws InterruptedException {
            leaving = true;
            thread.join();
        }
    }

    @Test
    @DisplayName("an update, and one that fails and undoes itself, lose no request of one who asks again once")
    void nobodyNoticesARollout() throws Exception {
        await(server.deploy(spec("one")));
        until(() -> rollout().healthy() == 1);
        User user = new User();
        try (user) {
            await(server.deploy(spec("two")));
            until(() -> rollout().healthy() == 2);
            await(server.deploy(spec("broken")));
            until(() -> view().deployment().revision() == 4 && rollout().healthy() == 4);
        }

        assertThat(user.failures).isEmpty();
        assertThat(user.answers).containsOnlyKeys("one", "two");
        assertThat(rollout().reason())
                .startsWith("revision 3 failed: " + name + "-0-")
                .contains("GET :80/healthz answered 404")
                .endsWith("went back to revision 2");
        assertThat(view().deployment().spec().args()).isEqualTo(spec("two").args());
        until(() -> view().instances().size() == 2);
        assertThat(view().instances()).allMatch(i -> i.restarts() == 0);
    }
}
