package io.knit.core.agent.run;

import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.PulledImage;
import io.knit.core.agent.engine.Failure;
import io.knit.core.agent.engine.OrderRules;
import io.knit.core.agent.part.PartImages;
import io.knit.core.agent.pull.ImagePulls;
import io.knit.core.wire.Prepare;
import io.knit.core.wire.Prepared;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the images of instances that the server may place here soon, and says what became of it. Remembers nothing of what is not
 * asked for any more; an engine that does not answer is asked again. Only on the loop.
 */
public final class Preparer {
    private static final Logger LOG = LoggerFactory.getLogger(Preparer.class);
    private static final int LONGEST_REFUSAL = 500;

    private final Loop loop;
    private final ContainerRuntime runtime;
    private final ImagePulls images;
    private final Duration retry;
    private final Consumer<List<Prepared>> listener;
    private final Map<Prepare, Prepared> results = new HashMap<>();
    private List<Prepare> wanted = List.of();
    private final Map<Prepare, Boolean> underWay = new HashMap<>();
    private boolean stopped;

    /**
     * @param retry until an engine that did not answer is asked again
     * @param listener told of all results whenever one is new or not asked for any more
     */
    public Preparer(
            Loop loop, ContainerRuntime runtime, ImagePulls images, Duration retry, Consumer<List<Prepared>> listener) {
        this.loop = loop;
        this.runtime = runtime;
        this.images = images;
        this.retry = retry;
        this.listener = listener;
    }

    /** What is to be made ready from now on, and nothing else. */
    public void prepare(List<Prepare> next) {
        if (stopped || next.equals(wanted)) {
            return;
        }
        wanted = next;
        results.keySet().retainAll(next);
        next.forEach(this::begin);
        tell();
    }

    public void stop() {
        stopped = true;
    }

    private void begin(Prepare order) {
        if (stopped
                || !wanted.contains(order)
                || results.containsKey(order)
                || underWay.putIfAbsent(order, true) != null) {
            return;
        }
        LOG.info("fetching {} for {}, which may come", order.image(), order.instance());
        pull(order).onComplete(pulled -> {
            underWay.remove(order);
            if (stopped || !wanted.contains(order)) {
                return;
            }
            if (pulled.succeeded()) {
                if (!pulled.result().note().isEmpty()) {
                    LOG.warn("for {}: {}", order.instance(), pulled.result().note());
                }
                results.put(order, new Prepared(order.instance(), order.attempt(), null));
                tell();
            } else {
                failed(order, Failure.of(pulled.cause()));
            }
        });
    }

    private void failed(Prepare order, Failure failure) {
        LOG.warn("{} could not be fetched for {}: {}", order.image(), order.instance(), failure.words());
        if (failure.kind().leavesOpen()) {
            loop.after(retry, () -> begin(order));
            return;
        }
        String words = failure.words();
        String bounded =
                words.length() <= LONGEST_REFUSAL ? words : "…" + words.substring(words.length() - LONGEST_REFUSAL);
        results.put(order, new Prepared(order.instance(), order.attempt(), bounded));
        tell();
    }

    private Future<PulledImage> pull(Prepare order) {
        try {
            order.images().forEach(OrderRules::checkImage);
            return images.pull(
                            order.instance(),
                            order.image(),
                            order.pull(),
                            order.registryAuth(),
                            image -> runtime.prepare(image.on(order.platform(0))))
                    .compose(main ->
                            PartImages.of(order).fetch(images, runtime::prepare).map(main.pulled()));
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private void tell() {
        List<Prepared> all = new ArrayList<>();
        wanted.forEach(order -> {
            if (results.containsKey(order)) {
                all.add(Objects.requireNonNull(results.get(order)));
            }
        });
        listener.accept(all);
    }
}
