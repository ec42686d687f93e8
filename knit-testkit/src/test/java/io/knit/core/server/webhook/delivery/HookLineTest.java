package io.knit.core.server.webhook.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.api.command.Caller;
import io.knit.api.command.Webhook;
import io.knit.api.model.KnitEvent;
import io.knit.core.server.agenda.Agenda;
import io.knit.core.server.state.KnownWebhook;
import io.knit.testkit.loop.EventQueue;
import io.knit.testkit.loop.SimulatedLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One webhook's messages, over days that only seem to pass. */
class HookLineTest {
    private static final Instant MADE = Instant.parse("2026-11-01T00:00:00Z");

    private final EventQueue queue = new EventQueue(1);
    private final SimulatedLoop loop = new SimulatedLoop(queue);
    private final Agenda agenda = new Agenda(loop);
    private final List<KnitEvent> kept = new ArrayList<>();
    private final List<Sent> sent = new ArrayList<>();
    private final List<Webhook.Course> written = new ArrayList<>();
    private final Outcomes outcomes = new Outcomes();
    /** What the receiver says next; once none is left, 204. */
    private final Deque<Supplier<Future<Post.Answer>>> answers = new ArrayDeque<>();

    private record Sent(Duration at, String id, String body) {}

    private HookLine line(Webhook.Course course, String events) {
        Webhook hook =
                new Webhook("chat", "https://a.example", List.of(events), List.of(Caller.ALL), MADE, "ann", course);
        KnownWebhook known = new KnownWebhook(hook, Webhook.Secret.of(new byte[32]));
        return new HookLine(
                loop, agenda, known, "c1", new HookLine.Around(this::post, this::after, written::add, outcomes));
    }

    private HookLine begun(Webhook.Course course) {
        HookLine line = line(course, "*");
        line.begin();
        return line;
    }

    private Future<Post.Answer> post(String url, Map<String, String> headers, String body) {
        sent.add(new Sent(loop.elapsed(), String.valueOf(headers.get("webhook-id")), body));
        Supplier<Future<Post.Answer>> next = answers.poll();
        return next == null ? status(204) : next.get();
    }

    private static Future<Post.Answer> status(int status) {
        return Future.succeededFuture(new Post.Answer(status, Duration.ZERO));
    }

    private void answer(int times, int status) {
        for (int i = 0; i < times; i++) {
            answers.add(() -> status(status));
        }
    }

    private List<KnitEvent> after(long seq) {
        return kept.stream().filter(event -> event.seq() > seq).toList();
    }

    private void happen(long from, long to) {
        LongStream.rangeClosed(from, to)
                .forEach(seq -> kept.add(new KnitEvent(
                        seq, MADE, seq % 2 == 0 ? "node.down" : "instance.failed", null, null, "n1", "e" + seq)));
    }

    private List<Long> numbers() {
        return sent.stream()
                .map(one -> Long.parseLong(one.body().replaceAll("(?s).*\"seq\":(\\d+).*", "$1")))
                .toList();
    }

    private Webhook.Course last() {
        return written.get(written.size() - 1);
    }

    @Test
    @DisplayName("all are sent once, in their order, and where it is is written when it rests")
    void inOrder() {
        HookLine line = begun(Webhook.Course.begin(0));
        happen(1, 600);
        line.look();
        queue.runFor(Duration.ofSeconds(30));
        assertThat(numbers())
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, 600).boxed().toList());
        assertThat(last()).isEqualTo(Webhook.Course.begin(600));
        assertThat(written).as("not once for each").hasSizeLessThan(5);
        assertThat(outcomes.allArrived()).isEqualTo(600);
    }

    @Test
    @DisplayName(
            "what fails is sent again by the schedule with the same id, and what is behind waits; after three days it is disabled")
    void schedule() {
        answer(1_000, 503);
        HookLine line = begun(Webhook.Course.begin(0));
        happen(1, 3);
        line.look();
        queue.runFor(Duration.ofDays(10));

        assertThat(numbers()).hasSize(10).containsOnly(1L);
        assertThat(sent)
                .extracting(Sent::id)
                .hasSize(10)
                .containsOnly(sent.get(0).id());
        List<Long> waits = new ArrayList<>();
        for (int i = 1; i < sent.size(); i++) {
            waits.add(sent.get(i).at().minus(sent.get(i - 1).at()).toSeconds());
        }
        List<Long> least = List.of(5L, 300L, 1_800L, 7_200L, 18_000L, 36_000L, 50_400L, 72_000L, 86_400L);
        for (int i = 0; i < least.size(); i++) {
            assertThat(waits.get(i)).isBetween(least.get(i), least.get(i) * 11 / 10 + 1);
        }
        assertThat(last().phase()).isEqualTo(Webhook.Phase.DISABLED);
        assertThat(last().reason()).contains("10 attempts").contains("answered 503");
        assertThat(last().after()).isZero();
        assertThat(written)
                .extracting(Webhook.Course::phase)
                .startsWith(Webhook.Phase.RETRYING, Webhook.Phase.RETRYING, Webhook.Phase.FAILING);
    }

    @Test
    @DisplayName("once the receiver is back nothing is missing")
    void recovers() {
        answer(3, 500);
        HookLine line = begun(Webhook.Course.begin(0));
        happen(1, 4);
        line.look();
        queue.runFor(Duration.ofMinutes(1));
        line.look();
        assertThat(numbers()).as("news is no reason to try earlier").containsExactly(1L, 1L);
        queue.runFor(Duration.ofHours(1));
        assertThat(numbers()).containsExactly(1L, 1L, 1L, 1L, 2L, 3L, 4L);
        assertThat(last()).isEqualTo(Webhook.Course.begin(4));
    }

    @Test
    @DisplayName("a redirect is a failure, and so is no answer; 410 ends it at once")
    void statuses() {
        answer(1, 301);
        answers.add(() -> Future.failedFuture(new IllegalStateException("did not answer within 20 s")));
        answer(1, 410);
        HookLine line = begun(Webhook.Course.begin(0));
        happen(1, 2);
        line.look();
        queue.runFor(Duration.ofDays(2));
        assertThat(written)
                .extracting(Webhook.Course::reason)
                .containsExactly(
                        "answered 301", "did not answer within 20 s", "the receiver answered 410: it wants no more");
        assertThat(last().disabled()).isTrue();
        assertThat(numbers()).containsExactly(1L, 1L, 1L);
    }

    @Test
    @DisplayName("a receiver that asks for time gets it, up to an hour")
    void asked() {
        answers.add(() -> Future.succeededFuture(new Post.Answer(429, Duration.ofMinutes(2))));
        HookLine line = begun(Webhook.Course.begin(0));
        happen(1, 1);
        line.look();
        queue.runFor(Duration.ofSeconds(119));
        assertThat(sent).hasSize(1);
        queue.runFor(Duration.ofSeconds(2));
        assertThat(sent).hasSize(2);
    }

    @Test
    @DisplayName("one message is under way at a time, however long its receiver takes")
    void slow() {
        Promise<Post.Answer> slow = Promise.promise();
        answers.add(slow::future);
        HookLine line = begun(Webhook.Course.begin(0));
        happen(1, 100);
        line.look();
        queue.runFor(Duration.ofSeconds(10));
        line.look();
        queue.runFor(Duration.ofSeconds(9));
        assertThat(sent).hasSize(1);
        slow.complete(new Post.Answer(200, Duration.ZERO));
        queue.runFor(Duration.ofSeconds(1));
        assertThat(sent).hasSize(100);
    }

    @Test
    @DisplayName("after a restart it goes on where it was, also in the middle of the schedule")
    void restart() {
        happen(1, 5);
        HookLine line = begun(new Webhook.Course(3, 2, loop.now().plusSeconds(200), "answered 500", false, 0));
        line.look();
        queue.runFor(Duration.ofSeconds(199));
        assertThat(sent).isEmpty();
        queue.runFor(Duration.ofSeconds(3));
        assertThat(numbers()).containsExactly(4L, 5L);

        sent.clear();
        begun(new Webhook.Course(4, 1, loop.now().plus(Duration.ofDays(900)), "the clock was wrong", false, 0));
        queue.runFor(Duration.ofSeconds(6));
        assertThat(numbers()).as("no longer than the schedule says").containsExactly(5L);

        sent.clear();
        begun(new Webhook.Course(0, 10, null, "answered 410", true, 0));
        queue.runFor(Duration.ofDays(9));
        assertThat(sent).isEmpty();
    }

    @Test
    @DisplayName("what is kept no longer is told, and counted")
    void missed() {
        happen(100, 101);
        HookLine line = begun(Webhook.Course.begin(9));
        queue.runFor(Duration.ofSeconds(30));
        assertThat(numbers()).containsExactly(99L, 100L, 101L);
        assertThat(sent.get(0).body()).contains("\"webhook.missed\"").contains("events 10 to 99 are kept no longer");
        assertThat(line.course().missed()).isEqualTo(90);
        assertThat(last()).isEqualTo(new Webhook.Course(101, 0, null, "", false, 90));
    }

    @Test
    @DisplayName("what it does not want is passed over, and its place follows")
    void unwanted() {
        HookLine line = line(Webhook.Course.begin(0), "node.*");
        line.begin();
        happen(1, 3);
        line.look();
        queue.runFor(Duration.ofSeconds(30));
        assertThat(numbers()).containsExactly(2L);
        assertThat(last().after()).isEqualTo(3);
        kept.clear();
        LongStream.rangeClosed(4, 203)
                .forEach(seq -> kept.add(new KnitEvent(seq, MADE, "run.begun", "db", null, null, "")));
        line.look();
        queue.runFor(Duration.ofSeconds(30));
        assertThat(last().after()).isEqualTo(203);
    }

    @Test
    @DisplayName("a test that arrives sets going what failed or was disabled; one that does not changes nothing")
    void test() {
        answer(1, 410);
        answer(1, 500);
        HookLine line = begun(Webhook.Course.begin(0));
        happen(1, 2);
        line.look();
        queue.runFor(Duration.ofSeconds(1));
        Future<@Nullable Void> first = line.tryNow("a").mapEmpty();
        queue.runFor(Duration.ofSeconds(1));
        assertThat(first.succeeded()).isTrue();
        assertThat(line.course().disabled()).isTrue();
        Future<Webhook.Tried> second = line.tryNow("b");
        queue.runFor(Duration.ofSeconds(5));
        assertThat(second.result().delivered()).isTrue();
        assertThat(sent).extracting(Sent::id).containsSubsequence("test_a", "test_b");
        assertThat(line.course()).isEqualTo(Webhook.Course.begin(2));
        assertThat(sent).hasSize(5);
    }

    @Test
    @DisplayName("one that is removed sends no more, whatever was under way")
    void closed() {
        answer(1, 500);
        HookLine line = begun(Webhook.Course.begin(0));
        happen(1, 2);
        line.look();
        queue.runFor(Duration.ofSeconds(1));
        line.close();
        int before = written.size();
        queue.runFor(Duration.ofDays(1));
        assertThat(sent).hasSize(1);
        assertThat(written).hasSize(before);
    }
}
