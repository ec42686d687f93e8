package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AuthConfig;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value.Content;
import io.knit.api.command.Value.Kind;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.PullPolicy;
import io.knit.core.server.admission.Admission;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.spec.SpecTable;
import io.knit.core.template.TemplateEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example of docs/images.md is pulled by a real engine from a real registry that asks for a login, by TLS. */
class DockerImagesPageTest extends EngineServerTest {
    private static final Caller ANN = new Caller("ann", Caller.Role.ADMIN, "here");

    @TempDir
    Path folder;

    private @Nullable RegistryProcess started;
    private String image = "";

    DockerImagesPageTest() {
        super("images");
    }

    private void startRegistry(boolean tls) throws Exception {
        Assumptions.assumeTrue(
                System.getenv("CI") != null || Files.isExecutable(RegistryProcess.PROGRAM),
                "there is no docker-registry (Debian, Ubuntu: apt-get install docker-registry)");
        RegistryProcess registry = new RegistryProcess(folder, freePort(), tls);
        started = registry;
        image = registry.host + "/team/shop:3";
        engine.client
                .tagImageCmd(engine.image, registry.host + "/team/shop", "3")
                .exec();
        engine.client
                .pushImageCmd(image)
                .withAuthConfig(new AuthConfig()
                        .withUsername("ci")
                        .withPassword("first-token")
                        .withRegistryAddress(registry.host))
                .start()
                .awaitCompletion();
        forget();
    }

    @AfterEach
    void stopRegistry() {
        if (started != null) {
            await(server.undeploy(name));
            until(() -> server.snapshot().deployments().isEmpty());
            started.close();
            try {
                forget();
            } catch (NotFoundException e) {
                // the test came to no pull
            }
        }
    }

    private void forget() {
        engine.client.removeImageCmd(image).withForce(true).exec();
    }

    private RegistryProcess registry() {
        return Objects.requireNonNull(started);
    }

    private DeploymentSpec example() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "images.md"));
        int at = page.indexOf("```json");
        String json =
                page.substring(at + 7, page.indexOf("```", at + 7)).replace("registry.example:5000/team/shop:3", image);
        DeploymentSpec spec =
                new Admission(new TemplateEngine()).admit(SpecReader.read(json.getBytes(StandardCharsets.UTF_8)));
        assertThat(spec.image()).isEqualTo(image);
        return SpecTable.SPEC.with(
                spec, Map.of("name", name, "command", List.of("/bin/busybox"), "args", List.of("sleep", "1000")));
    }

    private void login(String password) {
        await(server.run(new Command.SetValue(Kind.REGISTRY, registry().host, Content.of("ci:" + password)), ANN));
    }

    private Instance one() {
        return server.snapshot().deployment(name).orElseThrow().instances().get(0);
    }

    private void untilItWaitsFor(String words) {
        until(() -> server.snapshot().deployment(name).orElseThrow().toString().contains(words)
                || server.eventsAfter(0).stream()
                        .anyMatch(event -> event.message().contains(words)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("it is pulled as the server says, and a password that was changed serves the next pull")
    void ofThePage(boolean tls) throws Exception {
        startRegistry(tls);
        await(agent.start());
        await(server.deploy(example()));
        // a loopback address is asked without TLS as well, and then the engine tells what became of that
        untilItWaitsFor(tls ? "could not be reached" : "does not give it without credentials");
        login("a-guess");
        if (!tls) {
            untilItWaitsFor("the registry refused the credentials");
        }
        login("first-token");
        until(() -> running() == 1 && one().isHealthy());
        assertThat(one().revision()).isEqualTo(1);

        registry().second();
        login("second-token");
        await(server.deploy(
                SpecTable.SPEC.with(example(), Map.of("pull", PullPolicy.ALWAYS, "labels", Map.of("a", "b")))));
        until(() -> running() == 1 && one().revision() == 2 && one().isHealthy());
        assertThat(server.eventsAfter(0).toString()).doesNotContain("-token", "a-guess");
    }
}
