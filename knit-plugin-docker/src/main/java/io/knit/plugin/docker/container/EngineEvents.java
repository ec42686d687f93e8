package io.knit.plugin.docker.container;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventType;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.plugin.docker.engine.Engine;
import io.knit.plugin.docker.engine.EngineClients;
import java.io.Closeable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the engine's events of Knit's containers, of every cluster. The stream is opened with the first listener, and again for
 * ever when it ends; each time it stands the listeners are called, for what happened in between is not told, and each time it ends or
 * can't be had, for that is how one first hears that the engine is gone.
 */
public final class EngineEvents {
    private static final Logger LOG = LoggerFactory.getLogger(EngineEvents.class);
    private static final int SLOWEST = 50;

    private final Engine engine;
    private final ToldStates told;
    private final Consumer<ToldStates.Doubt> doubts;
    private final Runnable onReconnected;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private @Nullable Stream current;
    private Duration pause;
    private boolean started;
    private boolean lost;
    private boolean closed;

    /**
     * @param told hears all that is told
     * @param doubts called before the listeners for what can't be believed unasked
     * @param onReconnected called before the listeners when the stream stands again after it had ended
     */
    public EngineEvents(Engine engine, ToldStates told, Consumer<ToldStates.Doubt> doubts, Runnable onReconnected) {
        this.engine = engine;
        this.told = told;
        this.doubts = doubts;
        this.onReconnected = onReconnected;
        this.pause = engine.deadlines().reconnect();
    }

    public synchronized void add(Runnable listener) {
        listeners.add(listener);
        if (!started && !closed) {
            started = true;
            engine.after(Duration.ZERO, this::connect);
        }
    }

    /** Calls every listener; one that throws harms no other. */
    public void tell() {
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                LOG.warn("A listener for changes of containers failed", e);
            }
        }
    }

    public void close() {
        Stream open;
        synchronized (this) {
            closed = true;
            open = current;
            current = null;
        }
        if (open != null) {
            EngineClients.close(open.client);
        }
    }

    private void connect() {
        Stream stream;
        synchronized (this) {
            if (closed) {
                return;
            }
            stream = new Stream(engine.clients().open());
            current = stream;
        }
        engine.after(engine.deadlines().read(), stream::endIfSilent);
        stream.client
                .eventsCmd()
                .withEventTypeFilter(EventType.CONTAINER)
                .withLabelFilter(KnitLabels.CLUSTER)
                .withEventFilter("start", "die", "destroy", "oom", "pause", "unpause", "health_status")
                .exec(stream);
    }

    private void stands(Stream stream) {
        boolean again;
        synchronized (this) {
            if (current != stream) {
                return;
            }
            again = lost;
            lost = false;
            told.forget();
        }
        engine.after(engine.deadlines().read(), () -> lasts(stream));
        if (again) {
            LOG.info(
                    "The Docker Engine at {} tells its events again",
                    engine.clients().address());
            onReconnected.run();
        }
        tell();
    }

    /** Only a stream that lasts resets the pause: what accepts and hangs up at once is not asked ten times a second. */
    private synchronized void lasts(Stream stream) {
        if (current == stream) {
            pause = engine.deadlines().reconnect();
        }
    }

    private void ended(Stream stream, String why) {
        Duration next;
        synchronized (this) {
            if (current != stream) {
                return;
            }
            current = null;
            if (!lost) {
                LOG.warn(
                        "The Docker Engine at {} tells no events ({}); trying again for ever, {}",
                        engine.clients().address(),
                        why,
                        engine.clients().address().advice());
            }
            lost = true;
            next = pause;
            Duration doubled = pause.multipliedBy(2);
            Duration slowest = engine.deadlines().reconnect().multipliedBy(SLOWEST);
            pause = doubled.compareTo(slowest) > 0 ? slowest : doubled;
        }
        told.forget();
        engine.clients().dropIdle();
        EngineClients.close(stream.client);
        engine.after(next, this::connect);
        tell();
    }

    private void heard(Stream stream, Event event) {
        ToldStates.@Nullable Doubt doubt;
        synchronized (this) {
            if (current != stream) {
                return;
            }
            doubt = told.heard(event);
        }
        if (doubt != null) {
            doubts.accept(doubt);
        }
        tell();
    }

    /** One connection. Its callbacks come on a thread of its own. */
    private final class Stream implements ResultCallback<Event> {
        private final DockerClient client;
        private volatile boolean standing;

        Stream(DockerClient client) {
            this.client = client;
        }

        @Override
        public void onStart(Closeable stream) {
            standing = true;
            stands(this);
        }

        @Override
        public void onNext(Event event) {
            heard(this, event);
        }

        @Override
        public void onError(Throwable thrown) {
            ended(this, String.valueOf(thrown.getMessage()));
        }

        @Override
        public void onComplete() {
            ended(this, "the stream ended");
        }

        @Override
        public void close() {
            onComplete();
        }

        private void endIfSilent() {
            if (!standing) {
                ended(this, "no answer");
            }
        }
    }
}
