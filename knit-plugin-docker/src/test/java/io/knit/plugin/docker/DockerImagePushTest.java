package io.knit.plugin.docker;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.exception.NotFoundException;
import io.knit.api.error.ErrorCode;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.PullPolicy;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.ImagePresence;
import io.knit.api.spi.runtime.ImageRequest;
import io.knit.api.spi.runtime.Intake;
import io.knit.core.KnitAgent;
import io.knit.core.KnitServer;
import io.knit.testkit.Futures;
import io.knit.testkit.discovery.FixedDiscovery;
import io.knit.testkit.loop.ThreadLoop;
import io.knit.testkit.store.InMemoryStorage;
import io.knit.testkit.store.InMemoryStore;
import io.knit.testkit.transport.InMemoryBus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that are pushed to a real engine, through a server and an agent, and without them. */
class DockerImagePushTest extends RealEngineTest {
    private static final int PIECE = 32 * 1024;

    private final String name = "knit-push-" + UUID.randomUUID().toString().substring(0, 8);
    private final ThreadLoop servers = new ThreadLoop("server");

    /** Its times are those at which it was made. */
    private final byte[] base = TestImage.busybox().layer();

    @TempDir
    Path folder;

    /** One that has no name any more. */
    private String replaced = name + ":0";

    private KnitServer server;
    private KnitAgent agent;

    DockerImagePushTest() throws IOException {}

    @BeforeEach
    void start() {
        InMemoryBus bus = new InMemoryBus(servers);
        server = KnitServer.builder()
                .httpAddress("127.0.0.1:0")
                .store(await(InMemoryStore.open(new InMemoryStorage(), servers)))
                .transport(bus.connect("server"))
                .discovery(FixedDiscovery.none())
                .dataDir(folder.resolve("server"))
                .build();
        await(server.start());
        agent = KnitAgent.builder()
                .nodeId("n1")
                .transport(bus.connect("n1"))
                .runtime(runtime)
                .discovery(FixedDiscovery.none())
                .dataDir(folder.resolve("n1"))
                .build();
        await(agent.start());
        until(() -> assertThat(server.snapshot().nodes()).hasSize(1));
    }

    @AfterEach
    void end() {
        server.snapshot().deployments().forEach(it -> await(server.undeploy(it.name())));
        until(() -> assertThat(server.snapshot().deployments()).isEmpty());
        await(agent.close());
        await(server.close());
        servers.close();
        for (String image : List.of(name + ":1", name + ":2", name + ":3", replaced)) {
            try {
                engine.client.removeImageCmd(image).withForce(true).exec();
            } catch (NotFoundException e) {
                // this test made none of that name
            }
        }
    }

    private static void until(ThrowingRunnable asserted) {
        Awaitility.await().atMost(Futures.PATIENCE).untilAsserted(asserted);
    }

    /** A tar of busybox, with a layer above it that has a file. */
    private byte[] marked(String tag, String mark) throws IOException {
        byte[] above = TestImage.marked(mark).layer();
        JsonObject config = new JsonObject(new String(TestImage.busybox().config(), StandardCharsets.UTF_8));
        config.getJsonObject("rootfs")
                .put("diff_ids", new JsonArray().add(TestImage.digest(base)).add(TestImage.digest(above)));
        JsonArray manifest = new JsonArray()
                .add(new JsonObject()
                        .put("Config", "config.json")
                        .put("RepoTags", new JsonArray().add(name + ":" + tag))
                        .put("Layers", new JsonArray().add("base.tar").add("above.tar")));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            put(tar, "base.tar", base);
            put(tar, "above.tar", above);
            put(tar, "config.json", config.encode().getBytes(StandardCharsets.UTF_8));
            put(tar, "manifest.json", manifest.encode().getBytes(StandardCharsets.UTF_8));
            tar.finish();
        }
        return bytes.toByteArray();
    }

    private static void put(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    /** What became of it on the one node. */
    private JsonObject push(String tag, byte[] tar) throws IOException, InterruptedException {
        String url = Objects.requireNonNull(server.endpoints().get("http"));
        String image = URLEncoder.encode(name + ":" + tag, StandardCharsets.UTF_8);
        var answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url + "/images/" + image))
                                .POST(BodyPublishers.ofByteArray(tar))
                                .build(),
                        BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonObject(answer.body()).getJsonArray("nodes").getJsonObject(0);
    }

    private void runs(String tag) {
        await(server.deploy(DeploymentSpec.builder("shop", name + ":" + tag)
                .command(List.of("/bin/busybox", "sleep", "1000"))
                .build()));
        until(() -> assertThat(
                        await(runtime.snapshot(server.snapshot().cluster())).containers())
                .singleElement()
                .satisfies(it -> assertThat(it.state()).isEqualTo(ContainerState.RUNNING)));
    }

    @Test
    @DisplayName(
            "of an image whose lower layer the engine has the upper alone is sent, and it runs as a whole, from no registry")
    void layerByLayer() throws Exception {
        JsonObject whole = push("2", marked("2", "another"));
        assertThat(whole.getString("state")).as(whole.encode()).isEqualTo("loaded");
        assertThat(whole.getInteger("layers_present")).isZero();
        assertThat(whole.getLong("sent_bytes")).isGreaterThan(base.length);
        JsonObject pushed = push("1", marked("1", "first"));
        assertThat(pushed.getString("state")).as(pushed.encode()).isEqualTo("loaded");
        assertThat(pushed.getInteger("layers_present")).isEqualTo(1);
        assertThat(pushed.getLong("sent_bytes")).isLessThan(20_000);
        runs("1");
        String container = await(runtime.snapshot(server.snapshot().cluster()))
                .containers()
                .get(0)
                .id();
        assertThat(await(runtime.exec(container, List.of("/bin/busybox", "cat", "/mark"), Duration.ofSeconds(10)))
                        .output())
                .contains("first");
        assertThat(push("1", marked("1", "first")).getString("state")).isEqualTo("present");
        replaced = engine.client.inspectImageCmd(name + ":1").exec().getId();
        JsonObject newer = push("1", marked("1", "second"));
        assertThat(newer.getString("state"))
                .as("a tag that another image takes over")
                .isEqualTo("loaded");
    }

    @Test
    @DisplayName("what docker save itself writes is taken, and all of it is sent where nothing of it is there")
    void asSaved() throws Exception {
        byte[] unique = TestImage.marked(name).archive(name + ":2");
        engine.client.loadImageCmd(new ByteArrayInputStream(unique)).exec();
        byte[] saved;
        try (InputStream tar = engine.client.saveImageCmd(name + ":2").exec()) {
            saved = tar.readAllBytes();
        }
        assertThat(push("2", saved).getString("state")).isEqualTo("present");
        engine.client.removeImageCmd(name + ":2").exec();
        JsonObject pushed = push("2", saved);
        assertThat(pushed.getString("state")).as(pushed.encode()).isEqualTo("loaded");
        assertThat(pushed.getInteger("layers_present")).isZero();
        assertThat(await(runtime.pull(new ImageRequest(name + ":2", PullPolicy.NEVER, null)))
                        .note())
                .isEmpty();
    }

    private JsonObject images(String method, String query) throws IOException, InterruptedException {
        String url = Objects.requireNonNull(server.endpoints().get("http"));
        var answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(url + "/images" + query))
                                .method(method, BodyPublishers.noBody())
                                .build(),
                        BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonObject(answer.body());
    }

    private JsonObject image(JsonObject all, String tag) {
        return all.getJsonArray("images").stream()
                .map(JsonObject.class::cast)
                .filter(it -> it.getJsonArray("names").contains(tag))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + tag + " in " + all.encode()));
    }

    @Test
    @DisplayName(
            "what is on the engine is listed, whoever brought it; what was pushed goes once nothing uses it and it is asked for, and nothing else")
    void listedAndPruned() throws Exception {
        push("1", marked("1", "first"));
        push("2", marked("2", "another"));
        runs("1");
        JsonObject all = images("GET", "?node=n1");
        JsonObject used = image(all, name + ":1");
        assertThat(used.getInteger("containers")).isEqualTo(1);
        assertThat(used.getBoolean("wanted")).isTrue();
        assertThat(used.getString("origin")).isEqualTo("pushed");
        assertThat(used.getLong("size_bytes")).isGreaterThan(base.length / 2);
        assertThat(image(all, engine.image).getString("origin")).isEqualTo("other");
        assertThat(all.getJsonArray("nodes").getJsonObject(0).getLong("disk_total_bytes"))
                .isPositive();
        assertThat(images("DELETE", "").getJsonArray("images")).isEmpty();
        JsonObject gone = images("DELETE", "?pushed=true");
        assertThat(gone.getJsonArray("images")).hasSize(1);
        assertThat(image(gone, name + ":2").getString("state")).isEqualTo("removed");

        // somebody gives it a name of his own
        engine.client.tagImageCmd(name + ":1", name, "3").exec();
        await(server.undeploy("shop"));
        until(() -> assertThat(server.snapshot().deployments()).isEmpty());
        JsonObject named = images("DELETE", "?pushed=true");
        assertThat(image(named, name + ":1").getString("state")).isEqualTo("untagged");
        JsonObject rest = images("GET", "");
        assertThat(image(rest, name + ":3").getJsonArray("names").contains(name + ":1"))
                .isFalse();
        assertThat(image(rest, engine.image).getString("id")).startsWith("sha256:");
        assertThat(rest.encode()).doesNotContain(name + ":2");
    }

    private void send(Intake<Void> load, byte[] tar) {
        for (int at = 0; at < tar.length; at += PIECE) {
            await(load.write(Arrays.copyOfRange(tar, at, Math.min(tar.length, at + PIECE))));
        }
    }

    @Test
    @DisplayName("a tar that lacks a layer, breaks off or is cut short makes no image, and says why")
    void notWhole() throws Exception {
        assertThat(await(
                        runtime.presence(name + ":3", "sha256:" + "a".repeat(64), List.of("sha256:" + "b".repeat(64)))))
                .isEqualTo(new ImagePresence(false, 0));
        byte[] whole = TestImage.marked(name + "x").archive(name + ":3");
        byte[] lacking = new String(whole, StandardCharsets.ISO_8859_1)
                .replace("layer.tar\"", "other.tar\"")
                .getBytes(StandardCharsets.ISO_8859_1);
        Intake<Void> lacks = runtime.load(name + ":3");
        send(lacks, lacking);
        lacks.endInput();
        assertThat(failure(lacks.ended()).code()).isEqualTo(ErrorCode.RUNTIME_REFUSED);
        assertThat(failure(lacks.ended())).hasMessageContaining("no such file");

        Intake<Void> broken = runtime.load(name + ":3");
        send(broken, Arrays.copyOf(whole, 1024));
        broken.cancel();
        assertThat(failure(broken.ended()).code()).isEqualTo(ErrorCode.CLOSED);

        Intake<Void> cut = runtime.load(name + ":3");
        send(cut, Arrays.copyOf(whole, 700));
        cut.endInput();
        assertThat(failure(cut.ended()).code()).isEqualTo(ErrorCode.RUNTIME_REFUSED);
        assertThat(failure(runtime.pull(new ImageRequest(name + ":3", PullPolicy.NEVER, null)))
                        .code())
                .isEqualTo(ErrorCode.IMAGE_UNAVAILABLE);
    }
}
