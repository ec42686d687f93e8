package io.knit.core.server.http.settle;

import io.knit.api.Orchestrator;
import io.knit.api.model.KnitEvent;
import io.knit.api.spi.Durations;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who waits until something has settled: looks at it at each event that concerns it, until it has, will not, or the time is over. On the context. */
abstract class Waiter<T> {
    final Settling settling;
    private final Duration patience;
    private final Consumer<ChangeOutcome<T>> answer;
    private final AtomicBoolean due = new AtomicBoolean();
    private Orchestrator.@Nullable Registration events;
    private long timer = -1;
    private boolean answered;

    Waiter(Settling settling, Duration patience, Consumer<ChangeOutcome<T>> answer) {
        this.settling = settling;
        this.patience = patience;
        this.answer = answer;
    }

    /** Whether what an event tells may settle it. */
    abstract boolean concerns(KnitEvent event);

    abstract Optional<T> newest();

    /** Null: it is to be waited on. */
    abstract @Nullable ChangeOutcome<T> judge(@Nullable T newest);

    /** What it is that keeps it; empty if there is nothing to say. */
    String hindrance() {
        return "";
    }

    /** Before the first look: nothing can happen unseen between them. */
    void listen() {
        events = settling.orchestrator.listen(event -> {
            if (concerns(event) && due.compareAndSet(false, true)) {
                settling.context.runOnContext(now -> {
                    due.set(false);
                    look();
                });
            }
        });
        timer = settling.vertx.setTimer(
                patience.toMillis(),
                late -> giveUp("it has not settled within " + Durations.text(patience) + hindrance()));
    }

    void look() {
        if (!answered) {
            ChangeOutcome<T> outcome = judge(newest().orElse(null));
            if (outcome != null) {
                answer(outcome);
            }
        }
    }

    void giveUp(String why) {
        if (!answered) {
            answer(new ChangeOutcome<>(newest().orElse(null), why, true));
        }
    }

    private void answer(ChangeOutcome<T> outcome) {
        end();
        answer.accept(outcome);
    }

    /** Also when nobody waits any more. */
    void end() {
        answered = true;
        settling.vertx.cancelTimer(timer);
        if (events != null) {
            events.remove();
        }
        settling.ended(this);
    }
}
