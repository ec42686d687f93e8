package io.knit.plugin.docker.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Questions that a call asks besides, whose answers it can do without: an engine that lists its containers may hang for ever when it is asked
 * for more of one of them, whose lock somebody in it holds. So they are asked on a connection of their own, which is closed when their time
 * is over, and what hung is left alone for a while. Thread-safe.
 */
public final class Asides {
    private static final Duration LEFT_ALONE = Duration.ofMinutes(1);
    private static final int MOST_LEFT_ALONE = 256;

    private final Engine engine;
    private final Duration time;
    /** Until when, by the nanosecond clock. */
    private final Map<String, Long> leftAlone = new ConcurrentHashMap<>();

    /** @param time for all questions of one call together */
    public Asides(Engine engine, Duration time) {
        this.engine = engine;
        this.time = time;
    }

    /** Those of one call, on its thread. */
    public Round begin() {
        return new Round();
    }

    private void leaveAlone(String subject) {
        long now = System.nanoTime();
        leftAlone.values().removeIf(until -> until - now <= 0);
        if (leftAlone.size() < MOST_LEFT_ALONE) {
            leftAlone.put(subject, now + LEFT_ALONE.toNanos());
        }
    }

    private boolean isLeftAlone(String subject) {
        Long until = leftAlone.get(subject);
        return until != null && until - System.nanoTime() > 0;
    }

    /** What is asked, blocking. */
    public interface Question<T> {
        T ask(DockerClient client) throws InterruptedException;
    }

    /** One call's. For one thread, which closes it. */
    public final class Round implements AutoCloseable {
        private @Nullable DockerClient client;
        private @Nullable ScheduledFuture<?> alarm;
        private volatile boolean over;

        private Round() {}

        /**
         * Asks, or does not where there is no time left, or the last question of that subject hung.
         *
         * @param subject whose lock it may hang on
         * @param refused what it comes to where the engine answers that it can't tell
         * @return null: there is no answer
         */
        public <T> @Nullable T ask(String subject, Question<T> question, T refused) {
            return ask(subject, question, refused, why -> true);
        }

        /** @param isAnswer which refusals say that it can't tell; after any other there is no answer */
        public <T> @Nullable T ask(
                String subject, Question<T> question, T refused, Predicate<DockerException> isAnswer) {
            if (over || isLeftAlone(subject)) {
                return null;
            }
            try {
                return question.ask(client());
            } catch (DockerException e) {
                return isAnswer.test(e) ? refused : null;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                over = true;
                return null;
            } catch (RuntimeException e) {
                leaveAlone(subject);
                over = true;
                return null;
            }
        }

        private DockerClient client() {
            DockerClient present = client;
            if (present == null) {
                DockerClient opened = engine.clients().open();
                client = opened;
                alarm = engine.after(time, () -> {
                    over = true;
                    EngineClients.close(opened);
                });
                present = opened;
            }
            return present;
        }

        @Override
        public void close() {
            over = true;
            if (alarm != null) {
                alarm.cancel(false);
            }
            if (client != null) {
                EngineClients.close(client);
            }
        }
    }
}
