package io.knit.core.agent.image;

import io.knit.api.spi.loop.Loop;
import io.knit.core.rules.ImageReference;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which images this agent has brought to its host, and when each was last known to be used; kept on the disk. Only on the loop. */
final class Brought {
    private static final Logger LOG = LoggerFactory.getLogger(Brought.class);
    private static final int MOST = 1_000;

    private final Loop loop;
    private final PulledFile file;
    /** From a registry, by the names that were asked for; the oldest first where it is long ago. */
    private final Map<String, Instant> fetched = new LinkedHashMap<>();

    /** By people, over the server; as engines list them. */
    private final Map<String, Instant> pushed = new LinkedHashMap<>();

    private PulledFile.Content written = PulledFile.Content.NOTHING;
    private boolean writing;

    Brought(Loop loop, Path folder) {
        this.loop = loop;
        this.file = new PulledFile(folder);
    }

    /** Takes up what an earlier run has brought. */
    Future<Void> read() {
        return loop.blocking(file::read)
                .onSuccess(before -> {
                    written = before;
                    before.fetched().forEach(fetched::putIfAbsent);
                    before.pushed().forEach(pushed::putIfAbsent);
                })
                .onFailure(why -> LOG.warn("which images were brought can't be read: {}", why.toString()))
                .mapEmpty();
    }

    Map<String, Instant> fetched() {
        return fetched;
    }

    Map<String, Instant> pushed() {
        return pushed;
    }

    boolean isEmpty() {
        return fetched.isEmpty() && pushed.isEmpty();
    }

    /** This one was not here, and is now. */
    void fetch(String image) {
        if (fetched.containsKey(image) || fetched.size() < MOST) {
            fetched.put(image, loop.now());
            // its name means another image from now on
            pushed.remove(ImageReference.familiar(image));
            keep();
        }
    }

    /** This one was pushed here: whatever had its name before, it is no fetched one. */
    void push(String image) {
        fetched.keySet().removeIf(known -> ImageReference.familiar(known).equals(image));
        if (pushed.containsKey(image) || pushed.size() < MOST) {
            pushed.put(image, loop.now());
        }
        keep();
    }

    /** Those are used now. */
    void used(Predicate<String> images) {
        fetched.replaceAll((image, since) -> images.test(image) ? loop.now() : since);
        pushed.replaceAll((image, since) -> images.test(image) ? loop.now() : since);
    }

    /** It is gone by this name. A tag whose digests are all gone means what somebody else has given it to. */
    void forget(String image) {
        fetched.remove(image);
        pushed.remove(image);
        int at = image.indexOf('@');
        String tag = at < 0 ? image : image.substring(0, at);
        if (at >= 0 && fetched.keySet().stream().noneMatch(name -> name.startsWith(tag + "@"))) {
            fetched.remove(tag);
        }
    }

    /** Writes what changed, one after the other. */
    void keep() {
        PulledFile.Content now = new PulledFile.Content(fetched, pushed);
        if (writing || now.equals(written)) {
            return;
        }
        written = now;
        writing = true;
        loop.blocking(() -> {
                    file.write(now);
                    return null;
                })
                .onComplete(result -> {
                    writing = false;
                    if (result.succeeded()) {
                        keep();
                    } else {
                        written = PulledFile.Content.NOTHING;
                        LOG.warn(
                                "which images were brought can't be kept: {}",
                                result.cause().toString());
                    }
                });
    }
}
