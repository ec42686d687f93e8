package io.knit.core.server.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Capacity;
import io.knit.api.model.Node;
import io.knit.api.model.NodeFacts;
import io.knit.api.model.NodeJudgement;
import io.knit.api.model.NodeState;
import io.knit.api.model.NodeWish;
import io.knit.core.server.inside.Inside;
import io.knit.core.server.inside.LineListener;
import io.knit.core.server.inside.Pipe;
import io.knit.core.server.inside.PipeReader;
import io.knit.core.wire.Features;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.asked.LogRange;
import io.knit.core.wire.asked.StreamRequest;
import io.knit.core.wire.image.LayersHere;
import io.knit.testkit.ImageBytes;
import io.knit.testkit.TarBytes;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.vertx.core.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** To whom an image goes, and how often. */
class ImagePushesTest {
    private static final byte[] ONE = ImageBytes.layer(1, 700);
    private static final byte[] TWO = ImageBytes.layer(2, 40_000);

    @TempDir
    Path folder;

    private final EventQueue queue = new EventQueue(1);
    private final List<Node> nodes = new ArrayList<>();
    private final List<Asked> asked = new ArrayList<>();
    private int ids;

    /** One stream that an agent is asked for. */
    private static final class Asked implements Pipe {
        final String node;
        final StreamRequest request;
        final PipeReader reader;
        final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        boolean all;
        boolean cancelled;

        Asked(String node, StreamRequest request, PipeReader reader) {
            this.node = node;
            this.request = request;
            this.reader = reader;
        }

        @Override
        public Future<Void> write(int channel, byte[] bytes) {
            sent.writeBytes(bytes);
            return Future.succeededFuture();
        }

        @Override
        public void end() {
            all = true;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        void has(int layers) {
            reader.bytes(0, WireCodec.encode(new LayersHere(layers)));
        }
    }

    private final Inside inside = new Inside() {
        @Override
        public Optional<String> deploymentOf(String instance) {
            return Optional.empty();
        }

        @Override
        public Reading logs(String instance, String deployment, LogRange range, LineListener reader) {
            return () -> {};
        }

        @Override
        public Pipe open(String node, StreamRequest request, PipeReader reader) {
            Asked one = new Asked(node, request, reader);
            asked.add(one);
            return one;
        }
    };

    private final SimulatedLoop loop = new SimulatedLoop(queue);

    private ImagePushes pushes() {
        return new ImagePushes(loop, inside, () -> nodes, folder.resolve("images"), length -> "id" + ids++);
    }

    private void node(String id, NodeState state, String... features) {
        NodeFacts facts = new NodeFacts(
                id, Map.of(), new Capacity(2, 1L << 30), "docker 24", "0.1.0", null, null, "", List.of(features));
        nodes.add(new Node(
                id, "i-" + id, null, NodeWish.NONE, facts, new NodeJudgement(state, "", Instant.EPOCH, List.of())));
    }

    /** Of the last one. */
    private void wish(NodeWish.Availability availability) {
        nodes.add(nodes.remove(nodes.size() - 1).with(NodeWish.NONE.with(availability, "")));
    }

    private void settle() {
        queue.runFor(Duration.ofSeconds(5));
    }

    private Future<Pushed> push(List<String> wanted) {
        ImagePush push = pushes().begin("shop:3", wanted);
        push.write(ImageBytes.of("shop:3", ONE, TWO));
        Future<Pushed> pushed = push.push();
        settle();
        return pushed;
    }

    @AfterEach
    void nothingLeft() throws Exception {
        settle();
        if (Files.exists(folder.resolve("images"))) {
            try (Stream<Path> left = Files.list(folder.resolve("images"))) {
                assertThat(left).isEmpty();
            }
        }
        Path open = Path.of("/proc/self/fd");
        if (Files.isDirectory(open)) {
            try (Stream<Path> all = Files.list(open)) {
                assertThat(all.map(ImagePushesTest::target))
                        .as("open files")
                        .noneMatch(it -> it.contains(folder.toString()));
            }
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            // closed meanwhile
            return "";
        }
    }

    @Test
    @DisplayName("what would take the room of the cluster's state is refused, and the file goes")
    void noRoom() throws Exception {
        try (Spool spool = Spool.make(folder.resolve("images"), "one", Long.MAX_VALUE / 2)) {
            assertThatThrownBy(() -> spool.write(new byte[1]))
                    .isInstanceOfSatisfying(
                            KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY))
                    .hasMessageContaining("too little room")
                    .hasMessageContaining("Nothing was pushed");
        }
        assertThat(Spool.tooLarge()).hasMessageContaining("larger than 8 GiB");
    }

    @Test
    @DisplayName("all that take work and whose agent can get it; of the others it is said why not")
    void everybody() {
        node("b", NodeState.READY, Features.IMAGES);
        wish(NodeWish.Availability.PAUSED);
        node("a", NodeState.READY, Features.IMAGES);
        node("c", NodeState.READY, Features.STREAMS);
        node("d", NodeState.DOWN, Features.IMAGES);
        node("e", NodeState.READY, Features.IMAGES);
        wish(NodeWish.Availability.DRAINED);
        node("f", NodeState.SUSPECT, Features.IMAGES);
        Future<Pushed> pushed = push(List.of());
        assertThat(asked).extracting(it -> it.node).containsExactly("a", "b");
        asked.get(0).reader.ended(new byte[0]);
        asked.get(1).has(0);
        settle();
        assertThat(asked.get(1).all).isTrue();
        assertThat(pushed.isComplete()).isFalse();
        asked.get(1).reader.ended(new byte[0]);
        settle();
        assertThat(pushed.result().nodes())
                .extracting(it -> it.node() + " " + it.state() + " " + it.reason())
                .containsExactly(
                        "a PRESENT ",
                        "b LOADED ",
                        "c SKIPPED its agent is of a release that can't take images; upgrade it",
                        "d SKIPPED it is down",
                        "e SKIPPED it is drained",
                        "f SKIPPED it is suspect");
    }

    @Test
    @DisplayName(
            "a named node that is not there, is down or can't is refused before anything comes; a drained one is not")
    void named() {
        node("c", NodeState.READY, Features.STREAMS);
        node("d", NodeState.DOWN, Features.IMAGES);
        node("e", NodeState.READY, Features.IMAGES);
        wish(NodeWish.Availability.DRAINED);
        node("f", NodeState.SUSPECT, Features.IMAGES);
        refused("x", ErrorCode.NOT_FOUND, "there is no node \"x\"");
        refused("c", ErrorCode.VERSION_NOT_SPOKEN, "its agent is of a release that can't take images");
        refused("d", ErrorCode.TRANSPORT_UNAVAILABLE, "it is down");
        assertThatThrownBy(() -> pushes().begin("shop:3", List.of()))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_NODE_FITS))
                .hasMessageContaining("c, its agent is of a release");
        Future<Pushed> pushed = push(List.of("e", "e"));
        assertThat(asked).hasSize(1);
        asked.get(0).reader.ended(new byte[0]);
        settle();
        assertThat(pushed.result().nodes()).hasSize(1);
    }

    private void refused(String node, ErrorCode code, String words) {
        assertThatThrownBy(() -> pushes().begin("shop:3", List.of(node)))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(words)
                .hasMessageContaining("Nothing was pushed");
    }

    @ParameterizedTest
    @DisplayName("nothing is pushed in the place of the image by which agents reach volumes, however it is called")
    @ValueSource(strings = {"knit/volume:1", "docker.io/knit/volume:1"})
    void knits(String image) {
        node("a", NodeState.READY, Features.IMAGES);
        assertThatThrownBy(() -> pushes().begin(image, List.of()))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_VALUE))
                .hasMessageContaining("is Knit's own");
    }

    @Test
    @DisplayName("what a node has is left out; where its engine refuses that, all is sent, once")
    void leftOut() {
        node("a", NodeState.READY, Features.IMAGES);
        Future<Pushed> pushed = push(List.of());
        asked.get(0).has(1);
        settle();
        assertThat(TarBytes.read(asked.get(0).sent.toByteArray()))
                .containsOnlyKeys("manifest.json", "config.json", "layer-1.tar");
        asked.get(0).reader.failed(new KnitException(ErrorCode.RUNTIME_REFUSED, "open layer-0.tar: no such file"));
        settle();
        assertThat(asked).hasSize(2);
        assertThat(WireCodec.encodeText(asked.get(1).request)).contains("\"whole\":true");
        // an agent that says all the same that it has some
        asked.get(1).has(1);
        settle();
        assertThat(TarBytes.read(asked.get(1).sent.toByteArray()))
                .containsOnlyKeys("manifest.json", "config.json", "layer-0.tar", "layer-1.tar");
        asked.get(1).reader.failed(new KnitException(ErrorCode.RUNTIME_REFUSED, "the disk is full"));
        settle();
        assertThat(asked).hasSize(2);
        assertThat(pushed.result().nodes()).singleElement().satisfies(it -> {
            assertThat(it.state()).isEqualTo(NodePushed.State.FAILED);
            assertThat(it.reason()).isEqualTo("the disk is full");
        });
    }

    @Test
    @DisplayName("what broke off is not sent again; nor is one taken to be there whose agent ended in the middle")
    void broken() {
        node("a", NodeState.READY, Features.IMAGES);
        node("b", NodeState.READY, Features.IMAGES);
        Future<Pushed> pushed = push(List.of());
        asked.get(0).has(1);
        asked.get(0).reader.failed(new KnitException(ErrorCode.CLOSED, "the agent is gone"));
        asked.get(1).has(0);
        asked.get(1).reader.ended(new byte[0]);
        settle();
        assertThat(asked).hasSize(2);
        assertThat(pushed.result().nodes())
                .extracting(NodePushed::reason)
                .allSatisfy(reason -> assertThat(reason)
                        .matches("the agent is gone|its agent ended before all of the image was sent"));
    }

    @Test
    @DisplayName("who gives up has it end everywhere; two are pushed at once, and one more when one of them is over")
    void bounded() {
        node("a", NodeState.READY, Features.IMAGES);
        ImagePushes all = pushes();
        ImagePush first = all.begin("shop:3", List.of());
        ImagePush second = all.begin("shop:3", List.of());
        assertThatThrownBy(() -> all.begin("shop:3", List.of()))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY));
        first.write(ImageBytes.of("shop:3", ONE, TWO));
        Future<Pushed> pushed = first.push();
        settle();
        asked.get(0).has(0);
        settle();
        assertThat(asked.get(0).all).as("its engine unpacks it").isTrue();
        first.cancel();
        second.cancel();
        settle();
        assertThat(pushed.failed()).isTrue();
        assertThat(asked.get(0).cancelled).isTrue();
        all.begin("shop:3", List.of()).cancel();
        settle();
    }
}
