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
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What one instance wrote that has no container any more, as if it had. Its lines are made as they are taken: as such they are several times the file. On the loop. */
final class KeptLines implements LogsAbility {
    private final Loop loop;
    private final byte[] file;

    KeptLines(Loop loop, byte[] file) {
        this.loop = loop;
        this.file = file;
    }

    @Override
    public Ongoing<Void> logs(String instance, LogQuery query, LogReader reader) {
        Integer tail = query.tail();
        Given given = new Given(tail == null ? 0 : lastOf(tail), query.since(), reader);
        loop.execute(given::next);
        return given;
    }

    /** Where so many lines of the end begin. */
    private int lastOf(int tail) {
        int lines = 0;
        for (int at = file.length; at > 0; at--) {
            if (file[at - 1] == '\n' && lines++ == tail) {
                return at;
            }
        }
        return 0;
    }

    private final class Given implements Ongoing<Void> {
        private final @Nullable Instant since;
        private final LogReader reader;
        private final LogText text = new LogText();
        private final Deque<LogLine> read = new ArrayDeque<>();
        private final Promise<Void> ended = Promise.promise();
        private int at;

        Given(int at, @Nullable Instant since, LogReader reader) {
            this.at = at;
            this.since = since;
            this.reader = reader;
        }

        private void next() {
            try {
                while (readOne() && !ended.future().isComplete()) {
                    Future<Void> taken = reader.line(read.remove());
                    if (!taken.isComplete()) {
                        loop.bring(taken).onSuccess(room -> next()).onFailure(ended::tryFail);
                        return;
                    }
                }
                ended.tryComplete();
            } catch (KnitException e) {
                // these are no lines
                ended.tryFail(e);
            }
        }

        /** Whether there is another. */
        private boolean readOne() {
            while (read.isEmpty() && at < file.length) {
                int from = at;
                while (at < file.length && file[at++] != '\n') {
                    // to the line's end
                }
                text.read(Arrays.copyOfRange(file, from, at), (line, size) -> read.add(line));
                if (since != null && !read.isEmpty() && read.element().at().isBefore(since)) {
                    read.clear();
                }
            }
            return !read.isEmpty();
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
