package io.knit.core.agent.output;

import io.knit.api.spi.runtime.LogLine;
import io.knit.api.spi.runtime.LogReader;
import io.knit.core.wire.PlainText;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;

/** The last lines of an output, few and short, without control characters: they go into a status, and onto screens. On any thread. */
final class LastLines implements LogReader {
    static final int COUNT = 10;
    /** All together, in characters. */
    static final int MOST = 1024;

    private static final int LONGEST = 200;

    private final Deque<String> lines = new ArrayDeque<>();
    private final SecretMask mask;
    private boolean begun;
    private int size;

    LastLines(SecretMask mask) {
        this.mask = mask;
    }

    @Override
    public synchronized Future<Void> line(LogLine line) {
        String text = PlainText.of(mask.of(line.text()), LONGEST);
        // of a long line only the begin is shown
        if (!begun) {
            lines.add(text);
            size += text.length() + 1;
        }
        begun = !line.whole();
        while (lines.size() > COUNT || size > MOST + 1) {
            size -= lines.remove().length() + 1;
        }
        return Future.succeededFuture();
    }

    synchronized String text() {
        return String.join("\n", lines);
    }
}
