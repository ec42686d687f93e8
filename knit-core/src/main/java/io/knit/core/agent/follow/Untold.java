package io.knit.core.agent.follow;

import io.knit.api.model.TemplateSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.core.agent.engine.Failure;
import io.knit.core.agent.render.FileMaking;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells containers of files that are another, each in its time. That one is to be told is on disk until it was, so that it is told by the next agent if this one
 * ends before. Only on the loop.
 */
final class Untold {
    private static final Logger LOG = LoggerFactory.getLogger(Untold.class);
    /** A program that has only just begun may know no signals yet, and would be ended by one: it is told when it does its work, or has run so long. */
    private static final Duration SETTLED = Duration.ofSeconds(10);

    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final Loop loop;
    private final FileMaking files;
    private final Announcing announcing;
    private final IntUnaryOperator chance;
    private final Function<Followed, Optional<Followed>> present;

    /** @param present who has the files of one now; empty: its container is followed no more */
    Untold(
            Loop loop,
            FileMaking files,
            Announcing announcing,
            IntUnaryOperator chance,
            Function<Followed, Optional<Followed>> present) {
        this.loop = loop;
        this.files = files;
        this.announcing = announcing;
        this.chance = chance;
        this.present = present;
    }

    /** Its container is to be told of the files of these templates, too, as soon as it runs. */
    void add(Followed followed, Set<Integer> templates) {
        followed.untold.addAll(templates);
        plan(followed);
    }

    /** Its container does its work since just now. */
    void settled(Followed followed) {
        followed.dropTimers();
        plan(followed);
    }

    /** Its container is not to be told now. */
    void hold(Followed followed) {
        followed.dropTimers();
    }

    /** Its container does not run: it reads the files when it starts. */
    void clear(Followed followed) {
        if (!followed.untold.isEmpty() || !followed.recalled) {
            followed.recalled = true;
            forget(followed.assignment.instance());
        }
        followed.untold.clear();
        followed.dropTimers();
    }

    /** Nobody needs to know any more of what an instance's container was to be told. */
    void forget(String instance) {
        onDisk(instance, () -> files.told(instance));
    }

    private void onDisk(String instance, Forgetting forgetting) {
        loop.blocking(() -> {
                    forgetting.run();
                    return null;
                })
                .onFailure(why -> LOG.debug("{} may be told of a file once more: {}", instance, why.toString()));
    }

    private interface Forgetting {
        void run() throws IOException;
    }

    private void plan(Followed followed) {
        if (followed.runningSince == null) {
            return;
        }
        for (int template : List.copyOf(followed.untold)) {
            if (!followed.due.containsKey(template)) {
                long most = followed.spec.templates().get(template).splay().toMillis();
                Duration wait = unsettled(followed)
                        .orElse(Duration.ofMillis(most == 0 ? 0 : chance.applyAsInt((int) most + 1)));
                followed.due.put(template, loop.after(wait, () -> say(followed, template)));
            }
        }
    }

    private Optional<Duration> unsettled(Followed followed) {
        Duration since = followed.runningSince;
        Duration rest = since == null ? Duration.ZERO : since.plus(SETTLED).minus(loop.elapsed());
        return followed.well || rest.isNegative() || rest.isZero() ? Optional.empty() : Optional.of(rest);
    }

    private void say(Followed followed, int template) {
        followed.due.remove(template);
        if (present.apply(followed).orElse(null) != followed || !followed.untold.remove(template)) {
            return;
        }
        String instance = followed.assignment.instance();
        TemplateSpec spec = followed.spec.templates().get(template);
        announcing.say(spec, instance, followed.container).onComplete(said -> {
            Throwable why = said.cause();
            boolean later = why != null && Failure.of(why).kind().leavesOpen();
            // its order may be another since
            Optional<Followed> now = present.apply(followed);
            if (!later && !now.orElse(followed).untold.contains(template)) {
                onDisk(instance, () -> files.told(instance, template));
            }
            if (why == null) {
                return;
            }
            LOG.warn(
                    "{} was not told that its {} is another, by {}{}: {}",
                    instance,
                    spec.destination(),
                    spec.onChange().name().toLowerCase(Locale.ROOT),
                    later ? " (it is tried again)" : "",
                    why.getMessage());
            if (later) {
                now.filter(it -> it.runningSince != null && it.untold.add(template))
                        .ifPresent(it -> it.due.put(template, loop.after(AGAIN, () -> say(it, template))));
            }
        });
    }
}
