package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AuthConfig;
import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.Value.Content;
import io.knit.api.command.Value.Kind;
import io.knit.api.error.ErrorCode;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.Order;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.RegistryAuth;
import io.knit.api.model.RevisionView;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.core.agent.failed.KeptFailed;
import io.knit.core.agent.image.OldImages;
import io.knit.core.agent.image.SharedImages;
import io.knit.core.server.admission.Admission;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.spec.SpecTable;
import io.knit.core.template.TemplateEngine;
import io.knit.core.wire.AssignmentSet;
import io.knit.core.wire.image.ImageHere;
import io.knit.core.wire.image.ImagesAsked;
import io.knit.plugin.docker.engine.Deadlines;
import io.knit.plugin.docker.engine.EngineAddress;
import io.knit.testkit.loop.ThreadLoop;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
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
        push();
        forget();
    }

    private void push() throws InterruptedException {
        engine.client
                .pushImageCmd(image)
                .withAuthConfig(new AuthConfig()
                        .withUsername("ci")
                        .withPassword("first-token")
                        .withRegistryAddress(registry().host))
                .start()
                .awaitCompletion();
    }

    @AfterEach
    void stopRegistry() {
        if (started != null) {
            server.snapshot().deployment(name).ifPresent(there -> await(server.undeploy(name)));
            until(() -> server.snapshot().deployments().isEmpty());
            started.close();
            // what was pulled by its digest has no tag
            engine.client.listImagesCmd().exec().stream()
                    .flatMap(it -> Stream.of(it.getRepoTags(), it.getRepoDigests()))
                    .filter(Objects::nonNull)
                    .flatMap(Stream::of)
                    .filter(called -> called.startsWith(registry().host))
                    .forEach(this::remove);
        }
    }

    private void remove(String called) {
        try {
            engine.client.removeImageCmd(called).withForce(true).exec();
        } catch (NotFoundException e) {
            // it went with another one
        }
    }

    /** Another image, which has the tag from now on, in the registry alone. */
    private void moveTag() throws InterruptedException {
        String made = engine.client
                .createContainerCmd(engine.image)
                .withCmd("/bin/busybox", "true")
                .exec()
                .getId();
        String other = engine.client
                .commitCmd(made)
                .withRepository(registry().host + "/team/shop")
                .withTag("3")
                .withLabels(Map.of("of", "a test"))
                .exec();
        engine.client.removeContainerCmd(made).exec();
        assertThat(other).isNotEmpty();
        push();
        forget();
    }

    private List<String> imagesOfContainers() {
        return server.snapshot().deployment(name).orElseThrow().instances().stream()
                .filter(it -> it.order() == Order.RUN)
                .map(it -> engine.client
                        .inspectContainerCmd("knit-" + it.id())
                        .exec()
                        .getImageId())
                .toList();
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

    @Test
    @DisplayName(
            "a tag that moves in the registry: replicas that come later run what the first runs, until somebody asks anew")
    void pinned() throws Exception {
        startRegistry(true);
        login("first-token");
        await(agent.start());
        await(server.deploy(SpecTable.SPEC.with(example(), Map.of("pull", PullPolicy.ALWAYS))));
        until(() -> running() == 1 && one().isHealthy());
        String first = imagesOfContainers().get(0);
        moveTag();
        await(server.run(new Command.Scale(name, 2, null), ANN));
        until(() -> running() == 2);
        assertThat(imagesOfContainers()).containsExactly(first, first);
        RevisionView shown = server.revisions(name).get(0);
        assertThat(shown.imageDigest()).startsWith("sha256:");
        assertThat(engine.client
                        .inspectContainerCmd("knit-" + one().id())
                        .exec()
                        .getConfig()
                        .getImage())
                .isEqualTo(image + "@" + shown.imageDigest());

        DockerRuntime runtime = new DockerRuntime(EngineAddress.parse(EngineAddress.DEFAULT), Deadlines.defaults());
        String pinned = image + "@" + shown.imageDigest();
        assertThat(await(runtime.usedImages())).contains(pinned);

        await(server.run(new Command.Restart(name, true, null), ANN));
        until(() -> server.snapshot().deployment(name).orElseThrow().instances().stream()
                .allMatch(it -> it.revision() == 3 && it.isHealthy()));
        assertThat(imagesOfContainers()).hasSize(2).doesNotContain(first);
        assertThat(imagesOfContainers().get(0)).isEqualTo(imagesOfContainers().get(1));
        String second = image + "@" + server.revisions(name).get(0).imageDigest();
        assertThat(failure(runtime.removeImage(second)).code()).isEqualTo(ErrorCode.IN_USE);
        until(() -> !await(runtime.usedImages()).contains(pinned));
        await(runtime.removeImage(pinned));
        assertThat(await(runtime.pull(new ImageRequest(image, PullPolicy.NEVER, null)))
                        .digest())
                .as("the tag means the other one here")
                .isNotEqualTo(shown.imageDigest());
        assertThat(failure(runtime.pull(new ImageRequest(pinned, PullPolicy.NEVER, null)))
                        .code())
                .isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);
        await(runtime.removeImage(pinned));
        await(runtime.close());
    }

    @Test
    @DisplayName(
            "what was pulled by its tag and by its digest is one image of a list, and goes as a whole when it is asked for")
    void pulledAndPruned(@TempDir Path kept) throws Exception {
        startRegistry(true);
        moveTag();
        DockerRuntime runtime = new DockerRuntime(EngineAddress.parse(EngineAddress.DEFAULT), Deadlines.defaults());
        RegistryAuth auth = new RegistryAuth("ci", "first-token");
        String digest = await(runtime.pull(new ImageRequest(image, PullPolicy.ALWAYS, auth)))
                .digest();
        String pinned = image + "@" + digest;
        await(runtime.pull(new ImageRequest(pinned, PullPolicy.ALWAYS, auth)));
        ThreadLoop loop = new ThreadLoop("images");
        OldImages images = new OldImages(
                loop, runtime, kept, Duration.ofHours(1), new KeptFailed(loop, Duration.ZERO, it -> {}, () -> {}));
        SharedImages shared = new SharedImages(loop, images);
        loop.execute(() -> {
            images.adopt(AssignmentSet.of(1, List.of()));
            images.start();
            images.fetched(image);
            images.fetched(pinned);
        });
        ImageHere listed = await(shared.answer(ImagesAsked.LIST)).images().stream()
                .filter(it -> it.names().contains(image))
                .findFirst()
                .orElseThrow();
        assertThat(listed.origin()).isEqualTo(ImageHere.PULLED);
        assertThat(listed.containers()).isZero();
        assertThat(unused(shared)).containsExactly(listed.id());
        // somebody gives the tag to an image of his own: that is none of what was brought
        engine.client
                .tagImageCmd(engine.image, registry().host + "/team/shop", "3")
                .exec();
        assertThat(unused(shared)).containsExactly(listed.id());
        assertThat(await(shared.answer(new ImagesAsked(true, false, false))).images())
                .singleElement()
                .satisfies(it -> assertThat(it.state()).isEqualTo(ImageHere.REMOVED));
        assertThat(await(shared.answer(ImagesAsked.LIST)).images())
                .noneMatch(it -> it.id().equals(listed.id()))
                .anyMatch(it -> it.names().contains(image) && it.origin().equals(ImageHere.OTHER));
        loop.execute(images::stop);
        loop.close();
        await(runtime.close());
    }

    private static List<String> unused(SharedImages images) {
        return await(images.answer(new ImagesAsked(true, false, true))).images().stream()
                .filter(it -> it.state().equals(ImageHere.UNUSED))
                .map(ImageHere::id)
                .toList();
    }
}
