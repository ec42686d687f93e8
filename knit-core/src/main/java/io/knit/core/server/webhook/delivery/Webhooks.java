package io.knit.core.server.webhook.delivery;

import io.knit.api.command.Webhook;
import io.knit.api.spi.figure.Figure;
import io.knit.api.spi.loop.IdSource;
import io.knit.api.spi.loop.Loop;
import io.knit.core.server.agenda.Agenda;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Commit;
import io.knit.core.server.state.KnownWebhook;
import io.knit.core.server.webhook.WebhookCommands;
import io.knit.core.server.writer.StateWriter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All webhooks' lines, on a context that is not that of who decides. Thread-safe. */
public final class Webhooks {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
    private static final int CHANCE = 16;

    private final Loop control;
    private final Loop loop;
    private final StateWriter writer;
    private final IdSource ids;
    private final Post post;
    private final Outcomes outcomes = new Outcomes();
    private final AtomicBoolean called = new AtomicBoolean();

    /** On the loop. */
    private final Agenda agenda;

    private final Map<String, HookLine> lines = new TreeMap<>();
    private boolean closed;

    /**
     * @param control the loop of the writer
     * @param loop where messages are made and answers taken
     */
    public Webhooks(Loop control, Loop loop, StateWriter writer, IdSource ids, Post post) {
        this.control = control;
        this.loop = loop;
        this.writer = writer;
        this.ids = ids;
        this.post = post;
        this.agenda = new Agenda(loop);
    }

    /** Goes on with what waits since the last server ended. */
    public void start() {
        call();
    }

    /** Something happened. On the control loop. */
    public void committed(Commit commit) {
        boolean any = !commit.after().webhooks().isEmpty()
                || !commit.before().webhooks().isEmpty();
        if (any && (!commit.events().isEmpty() || commit.changes().stream().anyMatch(change -> change.isOfOutside()))) {
            call();
        }
    }

    /** Calls that come before the last was heeded are one. */
    private void call() {
        if (!called.getAndSet(true)) {
            loop.execute(() -> {
                called.set(false);
                look();
            });
        }
    }

    private void look() {
        if (closed) {
            return;
        }
        ClusterState state = writer.committed();
        new ArrayList<>(lines.keySet()).forEach(name -> {
            KnownWebhook known = state.webhooks().get(name);
            HookLine line = Objects.requireNonNull(lines.get(name));
            if (known == null || !known.webhook().createdAt().equals(line.created())) {
                line.close();
                lines.remove(name);
            }
        });
        state.webhooks().forEach((name, known) -> {
            HookLine present = lines.get(name);
            if (present == null) {
                HookLine made = new HookLine(loop, agenda, known, state.cluster(), around(known));
                lines.put(name, made);
                made.begin();
            } else {
                present.look();
            }
        });
    }

    private HookLine.Around around(KnownWebhook known) {
        Webhook hook = known.webhook();
        return new HookLine.Around(post, writer::eventsAfter, course -> write(hook, course), outcomes);
    }

    private void write(Webhook hook, Webhook.Course course) {
        control.execute(
                () -> writer.submit(state -> WebhookCommands.moved(state, hook.name(), hook.createdAt(), course))
                        // a place that is not written is one from which events are sent once more
                        .onFailure(e -> LOG.debug("How far webhook {} has come was not stored", hook.name(), e)));
    }

    /**
     * As {@link io.knit.api.Orchestrator#tryWebhook}.
     *
     * @return fails with {@code NOT_FOUND}; completes on the loop
     */
    public Future<Webhook.Tried> tryNow(String name) {
        Promise<Webhook.Tried> tried = Promise.promise();
        loop.execute(() -> {
            look();
            HookLine line = lines.get(name);
            if (line == null) {
                tried.fail(WebhookCommands.unknown());
            } else {
                line.tryNow(ids.next(CHANCE)).onComplete(tried);
            }
        });
        return tried.future();
    }

    /** Figures for {@code /metrics}. Any thread. */
    public List<Figure> figures() {
        List<Figure> figures = new ArrayList<>();
        Map<String, KnownWebhook> all = writer.committed().webhooks();
        for (Webhook.Phase phase : Webhook.Phase.values()) {
            long count = all.values().stream()
                    .filter(known -> known.webhook().course().phase() == phase)
                    .count();
            figures.add(Figure.gauge("knit_webhooks", "Webhooks by how they are", count)
                    .with("phase", phase.wireName()));
        }
        String attempts = "knit_webhook_attempts_total";
        String help = "Messages sent to webhooks, each attempt, by whether it arrived";
        figures.add(Figure.counter(attempts, help, outcomes.allArrived()).with("outcome", "arrived"));
        figures.add(Figure.counter(attempts, help, outcomes.allFailed()).with("outcome", "failed"));
        return figures;
    }

    /** Sends no more. What is under way may arrive still. */
    public void close() {
        loop.execute(() -> {
            closed = true;
            agenda.close();
            lines.values().forEach(HookLine::close);
            lines.clear();
        });
    }
}
