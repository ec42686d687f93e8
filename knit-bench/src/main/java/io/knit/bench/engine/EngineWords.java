package io.knit.bench.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import java.io.Closeable;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What the engine tells of containers, with its own times, which are this machine's. */
final class EngineWords extends ResultCallback.Adapter<Event> {
    private static final int PATIENCE_SECONDS = 60;

    private final BlockingQueue<Word> words = new LinkedBlockingQueue<>();
    private final CountDownLatch standing = new CountDownLatch(1);

    record Word(String action, String container, Map<String, String> labels, Instant at) {}

    /** Begins to listen; what happens after it returned is heard. */
    static EngineWords of(DockerClient client) throws InterruptedException {
        EngineWords heard = new EngineWords();
        client.eventsCmd()
                .withEventTypeFilter(EventType.CONTAINER)
                .withEventFilter("create", "start", "die", "destroy")
                .exec(heard);
        if (!heard.standing.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the engine tells no events");
        }
        return heard;
    }

    @Override
    public void onStart(Closeable stream) {
        super.onStart(stream);
        standing.countDown();
    }

    @Override
    public void onNext(Event event) {
        var actor = event.getActor();
        if (actor == null || actor.getId() == null || event.getTimeNano() == null) {
            return;
        }
        Map<String, String> labels = actor.getAttributes() == null ? Map.of() : actor.getAttributes();
        words.add(new Word(
                String.valueOf(event.getAction()),
                actor.getId(),
                labels,
                Instant.ofEpochSecond(0, event.getTimeNano())));
    }

    /** The next word with this label; those of others are passed over. */
    Word await(String action, String label, String value) throws InterruptedException {
        while (true) {
            Word word = words.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (word == null) {
                throw new IllegalStateException("the engine told no " + action + " of " + label + "=" + value + " for "
                        + PATIENCE_SECONDS + " s");
            }
            if (word.action().equals(action) && value.equals(word.labels().get(label))) {
                return word;
            }
        }
    }

    /** When the last of so many words with one of these actions and this label was said; those of others are passed over. */
    Map<String, Instant> last(int count, Set<String> actions, String label, String value) throws InterruptedException {
        Map<String, Instant> last = new HashMap<>();
        for (int seen = 0; seen < count; ) {
            Word word = words.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (word == null) {
                throw new IllegalStateException("of " + count + " words on " + value + " the engine told " + seen);
            }
            if (actions.contains(word.action()) && value.equals(word.labels().get(label))) {
                last.merge(word.action(), word.at(), (a, b) -> a.isAfter(b) ? a : b);
                seen++;
            }
        }
        return last;
    }

    /** Nothing that was said up to now is of interest. */
    void forget() {
        words.clear();
    }

    static double millis(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e6;
    }
}
