package io.knit.core.server.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.knit.api.embed.EventListener;
import io.knit.api.model.KnitEvent;
import io.knit.core.loop.VertxLoop;
import io.knit.core.plugin.ForeignTest;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ListenersTest {
    private final Vertx vertx = Vertx.vertx();
    private final VertxLoop loop = new VertxLoop(vertx);
    private final List<String> heard = new CopyOnWriteArrayList<>();
    /** What the server keeps. */
    private volatile List<KnitEvent> kept = List.of();

    private @Nullable Listeners listeners;

    @AfterEach
    void close() {
        if (listeners != null) {
            listeners.close();
        }
        loop.close();
        vertx.close().await();
    }

    private Listeners listeners(long last, EmbedderHooks.Registered... all) {
        Listeners now = new Listeners(
                loop,
                List.of(all),
                last,
                seq -> kept.stream().filter(event -> event.seq() > seq).toList());
        listeners = now;
        return now;
    }

    private static KnitEvent event(long seq, String type) {
        return new KnitEvent(seq, Instant.EPOCH, type, "web", null, null, "");
    }

    private void keep(long from, long to) {
        kept = LongStream.rangeClosed(from, to)
                .mapToObj(seq -> event(seq, seq % 2 == 0 ? "instance.running" : "instance.starting"))
                .toList();
    }

    private static final class Counting implements EventListener {
        private final List<String> heard;

        Counting(List<String> heard) {
            this.heard = heard;
        }

        @Override
        public void heard(KnitEvent event) {
            heard.add("" + event.seq());
        }

        @Override
        public void missed(long from, long to) {
            heard.add("missed " + from + "-" + to);
        }
    }

    @Test
    void eventsAreHeardInOrderAndOnceByThoseWhoWantThem() {
        Listeners all = listeners(
                3,
                new EmbedderHooks.Registered("instance.running", new Counting(heard)),
                new EmbedderHooks.Registered("deployment.*", event -> heard.add("a deployment?")));
        for (int to = 4; to <= 40; to++) {
            keep(1, to);
            all.heard();
        }

        List<String> expected = LongStream.rangeClosed(4, 40)
                .filter(seq -> seq % 2 == 0)
                .mapToObj(Long::toString)
                .toList();
        await().until(() -> heard.size() >= expected.size());
        assertThat(heard).isEqualTo(expected);
    }

    @Test
    void whoIsSlowHoldsUpNobodyAndIsToldWhatItMissed() {
        CountDownLatch goOn = new CountDownLatch(1);
        List<String> ofTheSlow = new CopyOnWriteArrayList<>();
        EventListener slow = new EventListener() {
            @Override
            public void heard(KnitEvent event) {
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                ofTheSlow.add("" + event.seq());
            }

            @Override
            public void missed(long from, long to) {
                ofTheSlow.add("missed " + from + "-" + to);
            }
        };
        Listeners all = listeners(
                0, new EmbedderHooks.Registered("*", slow), new EmbedderHooks.Registered("*", new Counting(heard)));
        keep(1, 1);
        all.heard();
        await().until(() -> heard.contains("1"));
        keep(1, 5);
        all.heard();
        await().until(() -> heard.contains("5"));
        // the server keeps no more than the newest
        keep(8, 9);
        all.heard();
        await().until(() -> heard.contains("9"));
        assertThat(ofTheSlow).isEmpty();

        goOn.countDown();

        await().until(() -> ofTheSlow.contains("9"));
        assertThat(ofTheSlow).containsExactly("1", "missed 2-7", "8", "9");
        assertThat(heard).containsExactly("1", "2", "3", "4", "5", "missed 6-7", "8", "9");
    }

    @ParameterizedTest
    @MethodSource("io.knit.core.plugin.ForeignTest#whateverIsThrown")
    void whoFailsHearsTheNext(Throwable what) {
        EventListener failing = new EventListener() {
            @Override
            public void heard(KnitEvent event) {
                heard.add("" + event.seq());
                ForeignTest.sneak(what);
            }

            @Override
            public void missed(long from, long to) {
                heard.add("missed " + from + "-" + to);
                ForeignTest.sneak(what);
            }
        };
        Listeners all = listeners(0, new EmbedderHooks.Registered("*", failing));
        keep(1, 3);
        all.heard();
        await().until(() -> heard.size() == 3);
        keep(5, 6);
        all.heard();

        await().until(() -> heard.contains("6"));
        assertThat(heard).containsExactly("1", "2", "3", "missed 4-4", "5", "6");
    }

    @Test
    void whoHearsWhenAllIsClosedIsInterruptedAndHearsNoMore() {
        List<String> end = new ArrayList<>();
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Listeners all = listeners(0, new EmbedderHooks.Registered("*", event -> {
            end.add("" + event.seq());
            began.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                ended.countDown();
            }
        }));
        keep(1, 2);
        all.heard();
        await().until(() -> began.getCount() == 0);

        all.close();

        await().until(() -> ended.getCount() == 0);
        assertThat(end).containsExactly("1");
    }
}
