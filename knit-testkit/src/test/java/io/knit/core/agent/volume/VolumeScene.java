package io.knit.core.agent.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.error.KnitException;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.SlotVolumes;
import io.knit.api.spi.runtime.VolumeSnapshot;
import io.knit.core.wire.asked.VolumeAsked;
import io.knit.testkit.TarBytes;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.knit.testkit.runtime.FakeEngine;
import io.knit.testkit.runtime.FakeRuntime;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** One volume on an engine, and the agent that reaches it, in virtual time. */
abstract class VolumeScene {
    static final Map<String, String> OLD = Map.of("volume/a", "old a", "volume/b", "old b");
    static final Map<String, String> NEW = Map.of("volume/a", "new a", "volume/c", "new c");

    final EventQueue queue = new EventQueue(1);
    final FakeEngine engine = new FakeEngine("e", new SimulatedLoop(queue));
    final SlotVolumes slot = new SlotVolumes("cluster-1", "n1", "books", "0");
    final VolumeAsked data = new VolumeAsked("books", "0", "data");
    final String name = slot.named("data");
    final AtomicInteger ids = new AtomicInteger();
    Agent agent = new Agent();

    /** One process. */
    final class Agent {
        final SimulatedLoop loop = new SimulatedLoop(queue);
        final FakeRuntime runtime = new FakeRuntime(engine, loop);
        final HeldVolumes held = new HeldVolumes("n1");
        /** How old lists of volumes are when they come. */
        Duration age = Duration.ZERO;

        final ContainerRuntime listing = listing(runtime);
        final VolumeFiles files = new VolumeFiles(
                loop, listing, "n1", held, VolumeScene.this::freed, length -> "x" + ids.incrementAndGet());

        ContainerRuntime listing(FakeRuntime engine) {
            return (ContainerRuntime) Proxy.newProxyInstance(
                    getClass().getClassLoader(), FakeRuntime.class.getInterfaces(), (self, method, given) -> {
                        Object answer = method.invoke(engine, given);
                        return method.getName().equals("volumes") ? late((Future<?>) answer) : answer;
                    });
        }

        <T> Future<T> late(Future<T> answer) {
            Promise<T> late = Promise.promise();
            Duration after = age;
            answer.onComplete(done -> queue.after(after, () -> late.handle(done)));
            return late.future();
        }

        void start() {
            loop.execute(() -> files.joined("cluster-1"));
        }

        void kill() {
            files.stop();
            loop.kill();
            runtime.close();
        }
    }

    /** These are to go if all are only kept. */
    void freed(Set<String> containers) {}

    static byte[] tar(Map<String, String> files) {
        Map<String, byte[]> bytes = new TreeMap<>();
        files.forEach((name, text) -> bytes.put(name, text.getBytes(StandardCharsets.UTF_8)));
        return TarBytes.of(bytes);
    }

    Map<String, String> content() {
        Map<String, String> content = new TreeMap<>();
        engine.filesOf(name)
                .forEach((path, bytes) -> content.put("volume" + path, new String(bytes, StandardCharsets.UTF_8)));
        return content;
    }

    void settle(Duration time) {
        queue.runFor(time);
    }

    /** Sends it in pieces while it is taken. */
    VolumeWrite send(byte[] tar, int count, boolean end) {
        return send(data, tar, count, end);
    }

    VolumeWrite send(VolumeAsked asked, byte[] tar, int count, boolean end) {
        VolumeWrite write = agent.files.write("cluster-1", asked);
        write.ready().onSuccess(now -> send(write, tar, 0, count, end));
        return write;
    }

    static void send(VolumeWrite to, byte[] tar, int at, int count, boolean end) {
        if (at < count) {
            int next = Math.min(count, at + 600);
            to.write(Arrays.copyOfRange(tar, at, next)).onSuccess(sent -> send(to, tar, next, count, end));
        } else if (end) {
            to.endInput();
        } else {
            to.cancel();
        }
    }

    void begin() {
        agent.start();
        agent.loop.execute(() -> agent.runtime.makeVolume(name, slot.labels("data")));
        settle(Duration.ofSeconds(5));
        VolumeWrite first = send(tar(OLD), tar(OLD).length, true);
        settle(Duration.ofSeconds(5));
        assertThat(first.ended().succeeded()).isTrue();
        assertThat(content()).isEqualTo(OLD);
    }

    void assertNothingLeft() {
        assertThat(engine.containers()).isEmpty();
        assertThat(engine.volumes()).extracting(VolumeSnapshot::name).containsExactly(name);
    }

    String code(Future<?> failed) {
        assertThat(failed.failed()).isTrue();
        return failed.cause() instanceof KnitException known ? known.code().name() : String.valueOf(failed.cause());
    }
}
