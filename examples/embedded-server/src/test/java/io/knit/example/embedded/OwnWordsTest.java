package io.knit.example.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Plan;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.DeploymentStatus;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.Mode;
import io.knit.api.model.NodeState;
import io.knit.core.ComposeFile;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.core.KnitStack;
import io.knit.testkit.Futures;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hooks of a real server with two agents, over HTTP where that is the way. */
class OwnWordsTest {
    private static final String IMAGE = "registry.example.com/web:1";

    @TempDir
    Path data;

    private final ThreadLoop loop = new ThreadLoop("engine");
    private final List<String> paged = new CopyOnWriteArrayList<>();
    private final List<Runnable> closing = new ArrayList<>();
    private final FakeEngine noisy = new FakeEngine("noisy", loop).withImage(IMAGE);
    private final FakeEngine quiet = new FakeEngine("quiet", loop).withImage(IMAGE);
    private KnitServer server;

    @BeforeEach
    void start() {
        server = OwnWords.hooked(paged::add)
                .httpAddress("127.0.0.1:0")
                .dataDir(data.resolve("server"))
                .config("nats-addr", "127.0.0.1:0")
                .build();
        Futures.await(server.start());
        closing.add(() -> Futures.await(server.close()));
        agent("a-noisy", "noisy", noisy);
        agent("b-quiet", "silent", quiet);
        await().until(() -> server.snapshot().nodes().stream()
                        .filter(node -> node.state() == NodeState.READY)
                        .count()
                == 2);
    }

    private void agent(String id, String label, FakeEngine engine) {
        KnitAgent agent = KnitAgent.builder()
                .nodeId(id)
                .label(label, "yes")
                .dataDir(data.resolve(id))
                .runtime(new FakeRuntime(engine, loop))
                .config("nats-url", Objects.requireNonNull(server.endpoints().get("transport")))
                .build();
        Futures.await(agent.start());
        closing.add(() -> Futures.await(agent.close()));
    }

    @AfterEach
    void close() {
        Collections.reverse(closing);
        closing.forEach(Runnable::run);
        loop.close();
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(server.endpoints().get("http") + "/deployments"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aRuleRefusesLikeKnitDoes() throws IOException, InterruptedException {
        HttpResponse<String> refused = post("{\"name\": \"web\", \"image\": \"nginx:1\"}");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(refused.body())
                .contains(
                        "\"code\":\"invalid_value\"",
                        "\"pointer\":\"/image\"",
                        "only images of registry.example.com run here");
        assertThat(server.deployment("web")).isEmpty();
        assertThat(Futures.failure(server.plan(
                                new Command.Deploy(
                                        DeploymentSpec.builder("web", "nginx:1").build()),
                                Caller.PROGRAM))
                        .code())
                .isEqualTo(ErrorCode.INVALID_VALUE);
        assertThat(post("{\"name\": \"web\", \"image\": \"" + IMAGE + "\"}").statusCode())
                .isEqualTo(202);
    }

    private static final String SHOP = """
            services:
              web: {image: "%s", depends_on: [db]}
              db: {image: "${DB}"}
            """;

    private List<String> names() {
        return server.snapshot().deployments().stream()
                .map(DeploymentView::name)
                .toList();
    }

    private KnitStack shop(String text, String db) {
        return KnitStack.of(server, ComposeFile.of(text).project("shop").envFile("DB=" + db + "\n"));
    }

    @Test
    void aStackIsPlannedDeployedPrunedAndTakenAway() {
        String text = String.format(Locale.ROOT, SHOP, IMAGE);
        assertThat(Futures.await(shop(text, IMAGE).plan(true))).hasSize(2);
        assertThat(names()).isEmpty();
        List<DeploymentView> settled = Futures.await(OwnWords.stack(server, text, Map.of("DB", IMAGE)));
        assertThat(settled).extracting(DeploymentView::name).containsExactly("shop-db", "shop-web");
        assertThat(settled).allMatch(each -> each.status() == DeploymentStatus.RUNNING);

        DeploymentSpec other =
                DeploymentSpec.builder("cache", IMAGE).stack("shop").build();
        KnitStack cache = KnitStack.of(server, List.of(other));
        assertThat(cache.name()).isEqualTo("shop");
        assertThat(Futures.await(cache.plan(true))).hasSize(3);
        assertThat(Futures.await(cache.deploy())).hasSize(1);
        assertThat(names()).containsExactly("cache", "shop-db", "shop-web");
        Caller narrow = new Caller("ci", Caller.Role.DEPLOYER, "a test", List.of("cache"));
        assertThat(Futures.await(cache.by(narrow).prune())).isEmpty();
        assertThat(Futures.failure(shop(text, IMAGE).by(narrow).deploy()).code())
                .isEqualTo(ErrorCode.FORBIDDEN);

        assertThat(Futures.await(KnitStack.undeploy(server, "shop", false, Caller.PROGRAM)))
                .extracting(DeploymentView::name)
                .as("what depends on another first")
                .containsExactly("cache", "shop-web", "shop-db");
        await().until(() -> names().isEmpty());
        assertThat(Futures.await(KnitStack.undeploy(server, "shop", false, Caller.PROGRAM)))
                .isEmpty();
    }

    @Test
    void nothingOfAStackIsDoneWhereOneIsRefused() {
        String text = String.format(Locale.ROOT, SHOP, IMAGE);
        KnitException refused = Futures.failure(shop(text, "postgres:16").deploy());
        assertThat(refused.getMessage()).contains("compose.yaml:3:", "only images of registry.example.com run here");
        DeploymentSpec good = DeploymentSpec.builder("a", IMAGE).stack("shop").build();
        DeploymentSpec bad = DeploymentSpec.builder("b", "b:1").stack("shop").build();
        refused = Futures.failure(KnitStack.of(server, List.of(good, bad)).deploy());
        assertThat(refused.pointer()).isEqualTo("/1/image");
        assertThat(refused.getMessage()).startsWith("b: only images");
        assertThat(names()).isEmpty();
        assertThatThrownBy(() -> KnitStack.of(server, List.of(good, good))).hasMessageContaining("is there twice");
        assertThatThrownBy(() -> KnitStack.of(server, List.of())).hasMessageContaining("there are no specs");
        assertThatThrownBy(() -> KnitStack.of(
                        server, List.of(good, DeploymentSpec.builder("c", IMAGE).build())))
                .hasMessageContaining("of the stacks [shop, ]");
    }

    @Test
    void aScorerSaysWhereAndThePlanSaysWhy() {
        DeploymentSpec web = DeploymentSpec.builder("web", IMAGE).build();
        Plan plan = Futures.await(server.plan(new Command.Deploy(web), Caller.PROGRAM));

        assertThat(plan.toString())
                .contains("it is liked with 30, and a-noisy with 0: preferences 0 and 0, scorer quiet 30 and 0");

        // [settled]
        Future<DeploymentView> settled =
                server.deploy(web).compose(made -> server.awaitSettled(made, Duration.ofMinutes(5)));
        // [settled]
        Futures.await(settled);
        assertThat(quiet.containers()).hasSize(1);
        assertThat(noisy.containers()).isEmpty();
    }

    @Test
    void aListenerHearsWhatItAskedFor() {
        DeploymentSpec once =
                DeploymentSpec.builder("once", IMAGE).mode(Mode.JOB).build();
        Futures.await(server.deploy(once));
        await().until(() -> !quiet.containers().isEmpty());

        quiet.end(quiet.containers().get(0).id(), 3);

        await().until(() -> !paged.isEmpty());
        assertThat(paged.get(0)).contains("once-0-", " is failed on b-quiet");
    }
}
