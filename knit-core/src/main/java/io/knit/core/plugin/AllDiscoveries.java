package io.knit.core.plugin;

import io.knit.api.model.Peer;
import io.knit.api.spi.discovery.Discovery;
import io.knit.api.spi.figure.Figure;
import io.knit.api.spi.figure.Measured;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Several discoveries as one: each peer once, the first discovery's word first. Fails only if all of them do, and never throws. Thread-safe. */
public final class AllDiscoveries implements Discovery, Measured {
    private static final Logger LOG = LoggerFactory.getLogger(AllDiscoveries.class);

    private final List<Discovery> discoveries;

    public AllDiscoveries(List<Discovery> discoveries) {
        this.discoveries = List.copyOf(discoveries);
    }

    @Override
    public Future<List<Peer>> peers() {
        List<Future<List<Peer>>> answers =
                discoveries.stream().map(each -> asked(each::peers)).toList();
        return joined(answers).map(nothing -> {
            Map<String, Peer> byKey = new LinkedHashMap<>();
            answers.stream()
                    .filter(Future::succeeded)
                    .flatMap(answer -> answer.result().stream())
                    .forEach(peer -> byKey.putIfAbsent(peer.key(), peer));
            return List.copyOf(byKey.values());
        });
    }

    @Override
    public Future<Optional<Peer>> self() {
        List<Future<Optional<Peer>>> answers =
                discoveries.stream().map(each -> asked(each::self)).toList();
        return joined(answers)
                .map(nothing -> answers.stream()
                        .filter(Future::succeeded)
                        .flatMap(answer -> answer.result().stream())
                        .findFirst());
    }

    private static <T> Future<T> asked(Callable<Future<T>> question) {
        return Foreign.call(() -> Objects.requireNonNull(question.call()), Future::failedFuture);
    }

    /** Of those that have some. */
    @Override
    public List<Figure> figures() {
        return discoveries.stream()
                .filter(Measured.class::isInstance)
                .flatMap(each -> figures((Measured) each).stream())
                .toList();
    }

    private static List<Figure> figures(Measured each) {
        return Foreign.call(each::figures, e -> {
            LOG.warn("The figures of {} are left out", each.getClass().getName(), e);
            return List.of();
        });
    }

    /** Succeeds when all have answered, at least one of them well. */
    private static <T> Future<Void> joined(List<Future<T>> answers) {
        if (answers.isEmpty()) {
            return Future.succeededFuture();
        }
        return Future.join(answers)
                .<Void>mapEmpty()
                .recover(e -> answers.stream().anyMatch(Future::succeeded)
                        ? Future.succeededFuture()
                        : Future.failedFuture(
                                Objects.requireNonNullElse(answers.get(0).cause(), e)));
    }

    @Override
    public Future<Void> close() {
        return Plugins.closed(discoveries);
    }
}
