package io.knit.core.agent.follow;

import io.knit.api.command.Value;
import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.TemplateSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.core.agent.part.Validation;
import io.knit.core.agent.render.FileMaking;
import io.vertx.core.Future;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Keeps away what the commands that must accept files do not take. Only on the loop. */
final class Accepting {
    private final Loop loop;
    private final FileMaking files;
    private final Trying trying;

    Accepting(Loop loop, FileMaking files, Trying trying) {
        this.loop = loop;
        this.files = files;
        this.trying = trying;
    }

    /** @param refused why others are not among the contents, by their places */
    record Accepted(SortedMap<Integer, Value.Content> contents, SortedMap<Integer, String> refused) {}

    Future<Accepted> of(
            String instance, Followed followed, SortedMap<Integer, Value.Content> contents, BooleanSupplier wanted) {
        Predicate<Integer> isChecked =
                template -> Validation.isWanted(followed.spec.templates().get(template));
        if (contents.keySet().stream().noneMatch(isChecked)) {
            return Future.succeededFuture(new Accepted(contents, new TreeMap<>()));
        }
        // what can't be read can't be written, which is said then
        return loop.blocking(
                        () -> files.others(instance, followed.spec, contents).contents())
                .compose(others -> others.keySet().stream().noneMatch(isChecked)
                        ? Future.succeededFuture(new TreeMap<Integer, String>())
                        : trying.faults(followed.assignment, followed.spec, others, wanted)
                                .recover(why -> Future.succeededFuture(untried(followed.spec, others.keySet(), why))))
                .map(faults -> {
                    SortedMap<Integer, Value.Content> taken = new TreeMap<>(contents);
                    taken.keySet().removeAll(faults.keySet());
                    return new Accepted(taken, faults);
                });
    }

    /** Where nobody can say whether they are taken they are not; an engine or a registry in trouble is not asked at every look. */
    private static SortedMap<Integer, String> untried(DeploymentSpec spec, Set<Integer> others, Throwable why) {
        SortedMap<Integer, String> faults = new TreeMap<>();
        for (int template : others) {
            TemplateSpec file = spec.templates().get(template);
            if (Validation.isWanted(file)) {
                faults.put(template, "validate of " + file.destination() + " can't be run: " + why.getMessage());
            }
        }
        return faults;
    }
}
