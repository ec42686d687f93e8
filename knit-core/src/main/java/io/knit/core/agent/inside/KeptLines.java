package io.knit.core.agent.inside;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.LogLine;
import io.knit.api.spi.runtime.LogQuery;
import io.knit.api.spi.runtime.LogReader;
import io.knit.api.spi.runtime.LogsAbility;
import io.knit.api.spi.runtime.Ongoing;
import io.knit.core.wire.asked.LogText;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;

/** What one instance wrote that has no container any more, as if it had. On the loop. */
final class KeptLines implements LogsAbility {
    private final Loop loop;
    private final List<LogLine> lines = new ArrayList<>();

    /** @throws KnitException if these are no lines */
    KeptLines(Loop loop, byte[] file) {
        this.loop = loop;
        new LogText().read(file, (line, size) -> lines.add(line));
    }

    @Override
    public Ongoing<Void> logs(String instance, LogQuery query, LogReader reader) {
        Integer tail = query.tail();
        int from = tail == null ? 0 : Math.max(0, lines.size() - tail);
        List<LogLine> wanted = lines.subList(from, lines.size()).stream()
                .filter(line -> query.since() == null || !line.at().isBefore(query.since()))
                .toList();
        Given given = new Given(wanted, reader);
        loop.execute(given::next);
        return given;
    }

    private final class Given implements Ongoing<Void> {
        private final List<LogLine> wanted;
        private final LogReader reader;
        private final Promise<Void> ended = Promise.promise();
        private int at;

        Given(List<LogLine> wanted, LogReader reader) {
            this.wanted = wanted;
            this.reader = reader;
        }

        private void next() {
            while (at < wanted.size() && !ended.future().isComplete()) {
                Future<Void> taken = reader.line(wanted.get(at++));
                if (!taken.isComplete()) {
                    loop.bring(taken).onSuccess(room -> next()).onFailure(ended::tryFail);
                    return;
                }
            }
            ended.tryComplete();
        }

        @Override
        public Future<Void> ended() {
            return ended.future();
        }

        @Override
        public void cancel() {
            ended.tryFail(new KnitException(ErrorCode.CLOSED, "the reading was cancelled"));
        }
    }
}
