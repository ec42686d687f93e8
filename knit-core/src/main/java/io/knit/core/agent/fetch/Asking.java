package io.knit.core.agent.fetch;

import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.transport.Transport;
import io.vertx.core.Future;
import java.time.Duration;

/** Asks the server, and learns from the answers how long to wait for the next. One for each kind of question. Only on the loop. */
public final class Asking {
    private final Loop loop;
    private final Transport transport;
    private final LinkPace pace;
    private long underWay;

    /** @param least how long an answer may always take */
    public Asking(Loop loop, Transport transport, Duration least) {
        this.loop = loop;
        this.transport = transport;
        this.pace = new LinkPace(least);
    }

    /** The answer; fails when there is none in time. */
    public Future<byte[]> ask(String subject, byte[] question) {
        Duration asked = loop.elapsed();
        underWay += question.length;
        Duration allowed = pace.deadline(underWay);
        return loop.bring(transport.request(subject, question, allowed))
                .onComplete(any -> underWay -= question.length)
                .onSuccess(answer -> pace.came(loop.elapsed().minus(asked)))
                .onFailure(why -> pace.failed(loop.elapsed().minus(asked), allowed));
    }

    /** About how large a message should be that the link carries in time. */
    public int bytes() {
        return pace.bytes();
    }

    /** Whether as much is under way as should be at once. */
    public boolean isFull() {
        return underWay >= pace.bytes();
    }
}
