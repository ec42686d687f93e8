package io.knit.core.agent.follow;

import io.knit.api.command.Value;
import io.knit.api.spi.loop.Loop;
import io.knit.core.agent.engine.Failure;
import io.knit.core.agent.render.FileMaking;
import io.knit.core.agent.render.NodeModel;
import io.knit.core.template.ServiceLookup;
import io.vertx.core.Future;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/** Makes the files of a container again, and writes those that are another and taken. What one of them fails by holds up no other. Only on the loop. */
final class Remaking {
    private final Loop loop;
    private final FileMaking files;
    private final Accepting accepting;

    Remaking(Loop loop, FileMaking files, Accepting accepting) {
        this.loop = loop;
        this.files = files;
        this.accepting = accepting;
    }

    /** @param wanted whether what was made is to be written: asked again after each step */
    Future<Remade> of(Followed followed, NodeModel on, ServiceLookup as, BooleanSupplier wanted) {
        String instance = followed.assignment.instance();
        return loop.computing(() -> files.following(followed.assignment, followed.spec, on, as))
                .compose(made -> !wanted.getAsBoolean()
                        ? Future.succeededFuture(Remade.NOTHING)
                        : accepting
                                .of(instance, followed, made.contents(), wanted)
                                .compose(accepted -> wanted.getAsBoolean()
                                        ? written(instance, followed, made.faults(), accepted)
                                        : Future.succeededFuture(Remade.NOTHING)));
    }

    private Future<Remade> written(
            String instance, Followed followed, Map<Integer, Exception> unmade, Accepting.Accepted accepted) {
        boolean recalled = followed.recalled;
        return loop.blocking(() -> {
            // what was left unsaid, before there is more
            SortedSet<Integer> unsaid = recalled ? new TreeSet<>() : files.untold(instance);
            FileMaking.EachFile others = files.rewrite(instance, followed.spec, accepted.contents());
            SortedMap<Integer, Value.Content> written = others.contents();
            unsaid.addAll(written.keySet());

            SortedMap<Integer, Exception> faults = new TreeMap<>(unmade);
            faults.putAll(others.faults());
            SortedMap<Integer, String> words = new TreeMap<>(accepted.refused());
            faults.forEach(
                    (template, why) -> words.put(template, Failure.of(why).words()));
            return new Remade(
                    written.keySet().stream().toList(),
                    unsaid,
                    true,
                    Remade.joined(words),
                    again(followed, accepted, faults));
        });
    }

    private static Remade.Again again(
            Followed followed, Accepting.Accepted accepted, SortedMap<Integer, Exception> faults) {
        boolean mayPass = faults.values().stream().anyMatch(Remade::mayPass);
        if (!accepted.refused().isEmpty() || (mayPass && followed.isChecked())) {
            return Remade.Again.LATER;
        }
        return mayPass ? Remade.Again.AT_THE_NEXT_LOOK : Remade.Again.NEVER;
    }
}
