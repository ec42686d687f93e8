package io.knit.core.server.http;

import io.knit.core.server.inside.Inside;
import io.knit.core.server.inside.LineListener;
import io.knit.core.server.inside.Pipe;
import io.knit.core.server.inside.PipeReader;
import io.knit.core.wire.asked.LogRange;
import io.knit.core.wire.asked.StreamRequest;
import java.util.Optional;

/** Of instances it is known whose they are, by their names. What comes of a wish to look into one is the test's to say; else nothing is read. */
public final class FakeInside implements Inside {
    public volatile Opening opening = (request, reader) -> Inside.NONE.open("", request, reader);
    public volatile Reads reads = reader -> Inside.NONE.logs("", "", new LogRange(false, null, null, false), reader);

    /** What an agent makes of a stream that is asked for. */
    public interface Opening {
        Pipe open(StreamRequest request, PipeReader reader);
    }

    /** What instances wrote. */
    public interface Reads {
        Reading begin(LineListener reader);
    }

    @Override
    public Optional<String> deploymentOf(String instance) {
        return Optional.of(instance.split("-", 2)[0]);
    }

    @Override
    public Reading logs(String instance, String deployment, LogRange range, LineListener reader) {
        return reads.begin(reader);
    }

    @Override
    public Pipe open(String node, StreamRequest request, PipeReader reader) {
        return opening.open(request, reader);
    }
}
