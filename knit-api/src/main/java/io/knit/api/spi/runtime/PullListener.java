package io.knit.api.spi.runtime;

import io.knit.api.model.PullProgress;
import java.util.function.Consumer;

/** Hears of a pull that is under way; on any thread. */
public interface PullListener {
    /** One that hears remarks alone. */
    static PullListener ofRemarks(Consumer<String> remarks) {
        return new PullListener() {
            @Override
            public void remark(String words) {
                remarks.accept(words);
            }

            @Override
            public void progressed(PullProgress progress) {}
        };
    }

    /** What goes wrong on the way before it is known how it ends, as a sentence. */
    void remark(String words);

    /** It has come further; may be called several times a second. */
    void progressed(PullProgress progress);
}
