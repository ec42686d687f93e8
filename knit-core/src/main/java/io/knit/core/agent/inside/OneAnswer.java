package io.knit.core.agent.inside;

import io.knit.api.error.KnitException;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.stream.StreamEnd;
import io.knit.core.wire.stream.StreamListener;

/** A stream that is one message and its end. On the loop. */
final class OneAnswer implements StreamListener {
    private final StreamEnd end;

    OneAnswer(StreamEnd end) {
        this.end = end;
    }

    void give(Object message) {
        end.write(0, WireCodec.encode(message)).onSuccess(sent -> end.end(new byte[0]));
    }

    @Override
    public void data(int channel, byte[] bytes) {
        end.read(bytes.length);
    }

    @Override
    public void ended(byte[] lastWord) {}

    @Override
    public void failed(KnitException why) {}
}
