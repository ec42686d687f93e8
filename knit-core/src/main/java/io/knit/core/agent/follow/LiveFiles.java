package io.knit.core.agent.follow;

import io.knit.api.model.DeploymentSpec;
import io.knit.api.model.TemplateSpec;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.runtime.ContainerRuntime;
import io.knit.api.spi.runtime.ContainerSnapshot;
import io.knit.api.spi.runtime.ContainerState;
import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.agent.output.SecretMask;
import io.knit.core.agent.render.FileMaking;
import io.knit.core.agent.render.NodeModel;
import io.knit.core.template.NotedServices;
import io.knit.core.template.ServiceLookup;
import io.knit.core.wire.Assignment;
import io.knit.core.wire.AssignmentSet;
import io.vertx.core.AsyncResult;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps files that follow as what they read is, in containers that are there: makes them again when a service is elsewhere or the order has other values, writes them in place,
 * and tells the container as its spec says. What can't be made stays as it was, and a container is never ended for it. Only on the loop.
 */
public final class LiveFiles {
    private static final Logger LOG = LoggerFactory.getLogger(LiveFiles.class);
    /** What changes meanwhile is taken together. */
    private static final Duration TOGETHER = Duration.ofMillis(100);

    private static final int MOST_AT_ONCE = 2;
    /** What a file was refused for may be elsewhere, as a name that is not known yet. */
    private static final Duration TRIED_AGAIN = Duration.ofMinutes(1);

    private final Loop loop;
    private final Supplier<NodeModel> node;
    private final Function<DeploymentSpec, ServiceLookup> services;
    private final BooleanSupplier known;
    private final Predicate<String> moving;
    private final Remaking remaking;
    private final Consumer<String> faulty;
    private final Consumer<String> mended;
    private final Untold untold;
    private final Map<String, Followed> all = new HashMap<>();
    /** Whose files are to be looked at. */
    private final Set<String> due = new LinkedHashSet<>();

    /** Whose files are being looked at: of one instance by one at a time, also where its order is another meanwhile. */
    private final Set<String> busy = new HashSet<>();

    private boolean waiting;
    private boolean stopped;

    /**
     * @param known whether it is known at all where services are: a file is not emptied because nobody has said so yet
     * @param moving whether the container of an instance may run since it was seen last
     * @param chance gives one of 0 to its argument, without that
     * @param masking of what a command wrote
     * @param faulty told of whom {@link #fault} is another
     * @param mended told of whose container, which does not run, has another file now
     */
    public LiveFiles(
            Loop loop,
            ContainerRuntime runtime,
            FileMaking files,
            Supplier<NodeModel> node,
            Function<DeploymentSpec, ServiceLookup> services,
            BooleanSupplier known,
            Predicate<String> moving,
            IntUnaryOperator chance,
            Trying trying,
            SecretMask.Masking masking,
            Consumer<String> faulty,
            Consumer<String> mended) {
        this.loop = loop;
        this.node = node;
        this.services = services;
        this.known = known;
        this.moving = moving;
        this.remaking = new Remaking(loop, files, new Accepting(loop, files, trying));
        this.faulty = faulty;
        this.mended = mended;
        this.untold = new Untold(loop, files, new Announcing(loop, runtime, masking), chance, this::present);
    }

    /** Why files of an instance are not what they should be; empty: they are. */
    public String fault(String instance) {
        Followed followed = all.get(instance);
        return followed == null || followed.fault.isEmpty() ? "" : "files stay as they were: " + followed.fault;
    }

    /** Begins nothing any more. */
    public void stop() {
        stopped = true;
        all.values().forEach(LiveFiles::drop);
        all.clear();
    }

    /** Another set is in force. */
    public void adopt(AssignmentSet set) {
        Map<String, Followed> before = before();
        before.forEach((instance, known) -> follow(instance, known.container, set, known));
        dropBut(before);
    }

    /** What the engine shows. */
    public void seen(List<ContainerSnapshot> containers, AssignmentSet set) {
        Map<String, Followed> before = before();
        for (ContainerSnapshot container : containers) {
            String instance = container.labels().containsKey(KnitLabels.PART)
                    ? null
                    : container.labels().get(KnitLabels.INSTANCE);
            if (instance != null) {
                follow(instance, container.id(), set, before.get(instance));
                Followed now = all.get(instance);
                if (now != null) {
                    runs(now, container.state());
                }
            }
        }
        dropBut(before);
    }

    private Map<String, Followed> before() {
        Map<String, Followed> before = Map.copyOf(all);
        all.clear();
        return before;
    }

    private void follow(String instance, String container, AssignmentSet set, @Nullable Followed known) {
        Assignment assignment = stopped ? null : set.get(instance);
        DeploymentSpec spec = assignment == null ? null : assignment.spec();
        if (assignment != null && spec != null && spec.templates().stream().anyMatch(TemplateSpec::follows)) {
            all.put(
                    instance,
                    known != null && known.isSame(assignment, container)
                            ? known
                            : new Followed(assignment, spec, container).after(known));
        }
    }

    private void dropBut(Map<String, Followed> before) {
        before.forEach((instance, known) -> {
            if (all.get(instance) != known) {
                drop(known);
                if (!known.fault.isEmpty()) {
                    faulty.accept(instance);
                }
            }
        });
        changed();
    }

    private static void drop(Followed followed) {
        followed.dropTimers();
        followed.tryAgain(null);
    }

    private void runs(Followed followed, ContainerState state) {
        followed.paused = state == ContainerState.PAUSED;
        if (state == ContainerState.RUNNING) {
            if (followed.runningSince == null) {
                followed.runningSince = loop.elapsed();
                untold.add(followed, Set.of());
            }
            return;
        }
        followed.runningSince = null;
        followed.well = false;
        if (hasReadPerhaps(followed)) {
            untold.hold(followed);
        } else {
            // it is made anew, or started again, and reads the file then
            untold.clear(followed);
        }
    }

    /** Of one that does not run, as it was seen: whether its program may have read its files all the same, and reads them no more. */
    private boolean hasReadPerhaps(Followed followed) {
        return followed.paused || moving.test(followed.assignment.instance());
    }

    /** Whether an instance does its work. */
    public void told(String instance, boolean isWell) {
        Followed followed = all.get(instance);
        if (followed != null && isWell && !followed.well) {
            followed.well = true;
            untold.settled(followed);
        }
    }

    /** Something may be elsewhere. */
    public void changed() {
        if (!all.isEmpty() && !waiting && !stopped) {
            waiting = true;
            loop.after(TOGETHER, () -> {
                waiting = false;
                due.addAll(all.keySet());
                next();
            });
        }
    }

    /** Rendering may take a second, and an engine's start of a hundred containers is not to wait for it. */
    private void next() {
        for (String instance : List.copyOf(due)) {
            Followed followed = all.get(instance);
            if (followed == null || stopped) {
                due.remove(instance);
            } else if (!busy.contains(instance) && busy.size() < MOST_AT_ONCE) {
                due.remove(instance);
                refresh(instance, followed);
            }
        }
    }

    private boolean isPresent(Followed followed) {
        return !stopped && all.get(followed.assignment.instance()) == followed;
    }

    /** Who has its files now. */
    private Optional<Followed> present(Followed followed) {
        return Optional.ofNullable(all.get(followed.assignment.instance())).filter(it -> it.hasFilesOf(followed));
    }

    private void refresh(String instance, Followed followed) {
        ServiceLookup answers = services.apply(followed.spec);
        NodeModel on = node.get();
        if (followed.isFresh(on, answers)) {
            return;
        }
        busy.add(instance);
        NotedServices asked = new NotedServices(answers);
        boolean said = known.getAsBoolean();
        followed.tryAgain(null);
        remaking.of(followed, on, asked, () -> isPresent(followed) && !isInVain(asked, said))
                .onComplete(result -> {
                    busy.remove(instance);
                    if (!isInVain(asked, said)) {
                        looked(followed, on, asked, result);
                    }
                    next();
                });
    }

    /** Whether it asked for what nobody has said yet: a file is not emptied because nobody has. */
    private static boolean isInVain(NotedServices asked, boolean known) {
        return !known && !asked.answers().isEmpty();
    }

    private void looked(Followed followed, NodeModel on, NotedServices asked, AsyncResult<Remade> result) {
        String instance = followed.assignment.instance();
        Remade made = result.succeeded() ? result.result() : Remade.failed(result.cause());
        Followed now = present(followed).orElse(null);
        if (now != followed) {
            if (now != null) {
                // its order is another since, and it has the files all the same
                rewritten(instance, now, made);
            }
            return;
        }
        if (made.again() == Remade.Again.AT_THE_NEXT_LOOK) {
            followed.toBeMade();
        } else {
            followed.made(on, asked);
        }
        fault(instance, followed, made.words());
        if (made.again() == Remade.Again.LATER) {
            followed.tryAgain(loop.after(TRIED_AGAIN, () -> anew(instance, followed)));
        }
        rewritten(instance, followed, made);
    }

    private void anew(String instance, Followed followed) {
        if (isPresent(followed)) {
            followed.toBeMade();
            due.add(instance);
            next();
        }
    }

    /** Said once, until it is another or none. */
    private void fault(String instance, Followed followed, String words) {
        if (!words.equals(followed.fault)) {
            followed.fault = words;
            if (!words.isEmpty()) {
                LOG.warn("files of {} can't be made again, and stay as they were: {}", instance, words);
            }
            faulty.accept(instance);
        }
    }

    private void rewritten(String instance, Followed followed, Remade what) {
        for (int template : what.others()) {
            LOG.info(
                    "{} of {} is another",
                    followed.spec.templates().get(template).destination(),
                    instance);
        }
        boolean runs = followed.runningSince != null;
        if (runs || hasReadPerhaps(followed)) {
            followed.recalled |= what.recalled();
            untold.add(followed, what.unsaid());
        } else if (!what.others().isEmpty()) {
            untold.forget(instance);
        }
        if (!runs && !what.others().isEmpty()) {
            mended.accept(instance);
        }
    }
}
