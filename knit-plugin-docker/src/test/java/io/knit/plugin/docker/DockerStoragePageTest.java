package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.Instance;
import io.knit.api.model.PullPolicy;
import io.knit.api.model.VolumeSpec;
import io.knit.core.server.admission.Admission;
import io.knit.core.server.http.json.SpecReader;
import io.knit.core.spec.SpecTable;
import io.knit.core.template.TemplateEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The examples of docs/storage.md are taken, and what a test's host can have of them is run, by a server, an agent and a real engine. */
class DockerStoragePageTest extends EngineServerTest {
    private static final Path FOLDER = folder();

    DockerStoragePageTest() {
        super("storage");
    }

    private static Path folder() {
        try {
            Path made = Files.createTempDirectory("knit-storage").toRealPath();
            made.toFile().deleteOnExit();
            return made;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<DeploymentSpec> examples() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "storage.md"));
        List<DeploymentSpec> examples = new ArrayList<>();
        for (int at = page.indexOf("```json"); at >= 0; at = page.indexOf("```json", at + 1)) {
            String json = page.substring(at + 7, page.indexOf("```", at + 7));
            examples.add(
                    new Admission(new TemplateEngine()).admit(SpecReader.read(json.getBytes(StandardCharsets.UTF_8))));
        }
        return examples;
    }

    private static DeploymentSpec example(String called) throws IOException {
        return examples().stream()
                .filter(it -> it.name().equals(called))
                .findFirst()
                .orElseThrow();
    }

    @Override
    List<String> allowed() {
        return List.of("bind:" + FOLDER.getParent());
    }

    /** The example, whose program writes down that it was there and reads who was before; at its paths, but for the host's own. */
    private DeploymentSpec here(DeploymentSpec example, String word) {
        VolumeSpec data = example.volumes().get(0);
        VolumeSpec bound = example.volumes().get(1).boundTo(FOLDER.toString());
        String script =
                "cd " + data.destination() + "; echo " + word + " >> who; busybox cat who " + bound.destination()
                        + "/mark; touch " + bound.destination() + "/x 2> /dev/null || echo only read; exec sleep 1000";
        return SpecTable.SPEC.with(
                example,
                Map.of(
                        "name",
                        name,
                        "image",
                        engine.image,
                        "pull",
                        PullPolicy.NEVER,
                        "command",
                        List.of("sh", "-c", script),
                        "volumes",
                        List.of(data, bound)));
    }

    private Instance one(int revision) {
        until(() -> server.snapshot().deployment(name).orElseThrow().instances().stream()
                .anyMatch(it -> it.revision() == revision && it.isHealthy()));
        return server.snapshot().deployment(name).orElseThrow().instances().stream()
                .filter(it -> it.revision() == revision)
                .findFirst()
                .orElseThrow();
    }

    private String who() {
        String container = await(runtime.snapshot(server.snapshot().cluster()))
                .containers()
                .get(0)
                .id();
        return await(runtime.exec(
                        container,
                        List.of(
                                "sh",
                                "-c",
                                "cat "
                                        + "/var/lib/postgresql/data/who /etc/certificates/mark; touch /etc/certificates/x 2> /dev/null || echo only read"),
                        Duration.ofSeconds(10)))
                .output();
    }

    @Test
    @DisplayName("what is in a volume stays over a revision; a folder of the host is read where it is allowed")
    void itsDataStays() throws IOException {
        Files.writeString(FOLDER.resolve("mark"), "of the host\n");
        await(agent.start());
        DeploymentSpec books = examples().get(0);
        assertThat(example("web").volumes()).extracting(VolumeSpec::of).containsExactly("app");
        assertThat(example("films").volumes()).extracting(VolumeSpec::isLocal).containsExactly(false, false);
        await(server.deploy(here(books, "first")));
        one(1);
        assertThat(who()).startsWith("first\nof the host\n").contains("only read");

        await(server.deploy(here(books, "second")));
        one(2);
        until(() -> running() == 1);
        assertThat(who()).startsWith("first\nsecond\nof the host\n");
        assertThat(await(runtime.volumes(server.snapshot().cluster())))
                .singleElement()
                .satisfies(volume -> assertThat(volume.labels())
                        .containsEntry("knit.deployment", name)
                        .containsEntry("knit.slot", "0")
                        .containsEntry("knit.volume", "data"));
        Files.delete(FOLDER.resolve("mark"));
    }
}
