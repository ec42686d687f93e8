package io.knit.core.server.http.contract;

import io.vertx.core.buffer.Buffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The document as programs read it. Made when it is first asked for, for a server's start need not wait for it, and kept. Thread-safe. */
public final class OpenApiText {
    private final Supplier<byte[]> json;
    private volatile @Nullable Buffer text;

    /** @param json what {@link OpenApi} gives, as bytes */
    public OpenApiText(Supplier<byte[]> json) {
        this.json = json;
    }

    public Buffer json() {
        Buffer known = text;
        if (known == null) {
            known = Buffer.buffer(json.get());
            text = known;
        }
        return known;
    }
}
